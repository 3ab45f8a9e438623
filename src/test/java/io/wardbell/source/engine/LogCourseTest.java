package io.wardbell.source.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogCourseTest {
  private static BinlogPosition at(int file, long offset) {
    return new BinlogPosition("binlog.%06d".formatted(file), offset, "");
  }

  @Test
  void aLogThatIsReadToItsEndIsWell() {
    LogCourse course = new LogCourse();
    assertThat(course.astray(at(1, 100), at(1, 100))).isNull();
    assertThat(course.astray(at(1, 100), at(1, 100))).as("nobody writes").isNull();
    assertThat(course.astray(at(1, 500), at(1, 700))).as("a moment behind").isNull();
    assertThat(course.astray(at(999_999, 900), at(1_000_000, 4))).as("the next file").isNull();
  }

  @Test
  void aLogThatIsReadSlowlyIsWell() {
    LogCourse course = new LogCourse();
    assertThat(course.astray(at(1, 100), at(1, 900_000))).isNull();
    assertThat(course.astray(at(1, 200), at(1, 1_900_000))).isNull();
  }

  @Test
  void aLogThatWasBegunAnewIsAnotherOne() {
    assertThat(new LogCourse().astray(at(1, 33_629), at(1, 400))).contains("begun anew");
    assertThat(new LogCourse().astray(at(7, 4), at(1, 33_629))).contains("begun anew");
  }

  @Test
  void aLogOfWhichNothingArrivesIsAnotherOne() {
    LogCourse course = new LogCourse();
    assertThat(course.astray(at(1, 400), at(1, 500))).isNull();
    assertThat(course.astray(at(1, 400), at(1, 900))).contains("nothing of it arrives");
  }
}
