package io.wardbell.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// One setting, on a component of a configuration record. The record lives in the room that uses
/// it; its compact constructor refuses values out of range with an [IllegalArgumentException] whose
/// message says what would be right.
///
/// The page of settings, `print-config` and the list of known names are made from these.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /// The environment variable, `WARDBELL_…` or one of the vault server's own.
  String value();

  /// What it does, its unit and its limits, for the page of settings.
  String doc();

  /// The value if nothing is set, in the form in which it would be set; empty for none.
  String fallback() default "";
}
