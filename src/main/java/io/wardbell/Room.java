package io.wardbell;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// What a package holds and may touch. Stands on each `package-info`; `RoomsTest` reads it from the
/// bytecode and breaks the build when a class reaches outside of its room.
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.PACKAGE)
public @interface Room {
  /// One sentence: what lives here.
  String holds();

  /// The rooms of Wardbell that this one may name, relative to `io.wardbell`.
  String[] mayTouch() default {};

  /// The packages of libraries that this room alone may name.
  String[] libraries() default {};

  /// The thread that owns the room's mutable state, if it has any.
  String thread() default "";
}
