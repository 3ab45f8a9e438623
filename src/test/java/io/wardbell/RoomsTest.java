package io.wardbell;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// Holds every class to what the [Room] of its package allows.
@AnalyzeClasses(packages = "io.wardbell", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
  private static final String ROOT = "io.wardbell";
  private static final List<String> EVERYWHERE =
      List.of("java", "javax.net", "org.slf4j", "org.jspecify");

  @ArchTest
  static final ArchRule everyClassStaysInItsRoom =
      classes()
          .should(
              hold(
                  "keep to what @Room allows",
                  (type, events) -> {
                    if (type.getPackageName().equals(ROOT)) {
                      return; // Main, Wiring and the commands know every room.
                    }
                    Optional<Room> room = type.getPackage().tryGetAnnotationOfType(Room.class);
                    if (room.isEmpty()) {
                      events.add(violated(type, type.getName() + " has no room"));
                      return;
                    }
                    for (Dependency d : type.getDirectDependenciesFromSelf()) {
                      if (!allowed(type, room.get(), d.getTargetClass().getBaseComponentType())) {
                        events.add(violated(type, d.getDescription()));
                      }
                    }
                  }));

  @ArchTest
  static final ArchRule roomsHaveNoCycles =
      slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule publicOnlyWhenAnotherRoomNeedsIt =
      classes()
          .that()
          .arePublic()
          .and()
          .areTopLevelClasses()
          .and()
          .doNotHaveFullyQualifiedName(ROOT + ".Room")
          .should(
              hold(
                  "be named by another room",
                  (type, events) -> {
                    boolean used =
                        type.getPackage().getClasses().stream()
                            .filter(
                                c -> c.equals(type) || c.getName().startsWith(type.getName() + "$"))
                            .flatMap(c -> c.getDirectDependenciesToSelf().stream())
                            .anyMatch(d ->
                                !d.getOriginClass().getPackageName().equals(type.getPackageName())
                                    || spoken(d.getOriginClass(), type));
                    if (!used
                        && !type.getPackageName().equals(ROOT)
                        && !madeByNameForALibrary(type)) {
                      events.add(violated(type, type.getName() + " is public for nobody"));
                    }
                  }));

  @ArchTest
  static final ArchRule nothingInheritsOurCode =
      classes()
          .should(
              hold(
                  "extend nothing of ours",
                  (type, events) ->
                      type.getRawSuperclass()
                          .filter(s -> s.getPackageName().startsWith(ROOT))
                          .ifPresent(s ->
                              events.add(
                                  violated(type, type.getName() + " extends " + s.getName())))));

  @ArchTest
  static final ArchRule timeComesFromTheClock =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".observe")
          .should()
          .callMethod(Instant.class, "now")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime");

  @ArchTest
  static final ArchRule settingsComeFromConfig =
      noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + ".config")
          .should()
          .callMethod(System.class, "getenv", String.class)
          .orShould()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getProperty", String.class);

  private static boolean allowed(JavaClass from, Room room, JavaClass to) {
    String name = to.getPackageName();
    if (to.isPrimitive() || name.equals(from.getPackageName())) {
      return true;
    }
    if (name.equals(ROOT)) {
      return to.getSimpleName().equals("Room");
    }
    if (within(name, List.of(ROOT))) {
      return List.of(room.mayTouch()).contains(name.substring(ROOT.length() + 1));
    }
    if (within(name, Arrays.asList(room.libraries()))) {
      return true;
    }
    return within(name, EVERYWHERE) && !within(name, List.of("java.sql"));
  }

  /// A connector, a socket factory: what extends a library's class is made by that library.
  private static boolean madeByNameForALibrary(JavaClass type) {
    return Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
        .anyMatch(parent -> !within(parent.getPackageName(), List.of("java", ROOT)));
  }

  private static boolean within(String name, List<String> prefixes) {
    return prefixes.stream().anyMatch(p -> name.equals(p) || name.startsWith(p + "."));
  }

  /// A public signature may name a type for others, as `Delivery` names `Audience`.
  private static boolean spoken(JavaClass by, JavaClass type) {
    return !by.getName().startsWith(type.getName())
        && by.getModifiers().contains(JavaModifier.PUBLIC)
        && by.getCodeUnits().stream()
            .filter(u -> u.getModifiers().contains(JavaModifier.PUBLIC))
            .anyMatch(u ->
                u.getReturnType().getAllInvolvedRawTypes().contains(type)
                    || u.getParameterTypes().stream()
                        .anyMatch(t -> t.getAllInvolvedRawTypes().contains(type)));
  }

  private static ArchCondition<JavaClass> hold(
      String what, BiConsumer<JavaClass, ConditionEvents> check) {
    return new ArchCondition<>(what) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        check.accept(type, events);
      }
    };
  }
}
