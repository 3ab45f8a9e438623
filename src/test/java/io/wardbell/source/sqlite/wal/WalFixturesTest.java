package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.source.sqlite.wal.FrameScan.End;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Logs with one fault each, named by it, as they lie in `connectors/sqlite/fixtures`. To write
/// them again: `-Dsqlite.fixtures.write=true`.
@NullUnmarked
class WalFixturesTest {
  private static final Path FOLDER = Path.of("connectors", "sqlite", "fixtures");

  /// @param commits the last frame of each commit that counts
  /// @param end why the walk stops there; null if the header alone is refused
  @SuppressWarnings("ArrayRecordComponent") // read only
  record Fixture(String name, byte[] log, List<Integer> commits, End end) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Fixture> fixtures() {
    WalBytes ok = WalBytes.threeCommits(false);
    List<Integer> all = List.of(2, 3, 5);
    List<Integer> first = List.of(2);
    return Stream.of(
        new Fixture("ok", ok.bytes(), all, End.END_OF_FILE),
        new Fixture("big-endian-sums", WalBytes.threeCommits(true).bytes(), all, End.END_OF_FILE),
        new Fixture("salt-mismatch", ok.with(WalBytes.third(8), 9), first, End.FOREIGN),
        new Fixture("frame-checksum-mismatch", ok.with(WalBytes.third(100), 9), first, End.FOREIGN),
        new Fixture(
            "no-salt",
            ok.with(WalBytes.third(8), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            first,
            End.NO_SALT),
        new Fixture("page-zero", ok.with(WalBytes.third(0), 0, 0, 0, 0), first, End.FOREIGN),
        new Fixture("partial-frame", ok.cut(ok.bytes().length - 1), List.of(2, 3), End.END_OF_FILE),
        new Fixture(
            "uncommitted",
            WalBytes.threeCommits(false).frame(3, 0).frame(2, 0).bytes(),
            all,
            End.END_OF_FILE),
        new Fixture(
            "padding-commit",
            WalBytes.threeCommits(false).padding().bytes(),
            List.of(2, 3, 5, 6),
            End.END_OF_FILE),
        new Fixture("empty", ok.cut(0), List.of(), null),
        new Fixture("partial-header", ok.cut(31), List.of(), null),
        new Fixture("torn-header", ok.with(12, 0, 0, 0, 7), List.of(), null),
        new Fixture("header-checksum-mismatch", ok.with(24, 1, 2), List.of(), null),
        new Fixture("foreign-magic", ok.with(0, 0), List.of(), null),
        new Fixture("foreign-version", ok.with(7, 1), List.of(), null),
        new Fixture("impossible-page-size", ok.with(8, 0, 0, 2, 1), List.of(), null));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void readsAsFarAsTheLogIsSound(Fixture fixture) throws Exception {
    Path file = FOLDER.resolve(fixture.name() + ".wal");
    if (Boolean.getBoolean("sqlite.fixtures.write")) {
      Files.createDirectories(FOLDER);
      Files.write(file, fixture.log());
    }
    byte[] recorded = Files.readAllBytes(file);
    assertThat(recorded).isEqualTo(fixture.log());
    MemoryFile log = new MemoryFile(() -> {});
    log.write(recorded, 0);
    WalHeader header = WalHeader.read(log);
    if (fixture.end() == null) {
      assertThat(header).isNull();
      return;
    }
    FrameScan scan = new FrameScan(log, header);
    List<Integer> commits = new ArrayList<>();
    End end = scan.run(Integer.MAX_VALUE, found -> commits.add(found.last()));
    assertThat(commits).isEqualTo(fixture.commits());
    assertThat(end).isEqualTo(fixture.end());
  }

  @Test
  void stopsAtTheLimitThatTheIndexGives() throws Exception {
    MemoryFile log = new MemoryFile(() -> {});
    log.write(WalBytes.threeCommits(false).bytes(), 0);
    FrameScan scan = new FrameScan(log, WalHeader.read(log));
    List<Integer> commits = new ArrayList<>();
    assertThat(scan.run(3, found -> commits.add(found.last()))).isEqualTo(End.LIMIT);
    assertThat(commits).containsExactly(2, 3);
    assertThat(scan.run(5, found -> commits.add(found.last()))).isEqualTo(End.LIMIT);
    assertThat(commits).containsExactly(2, 3, 5);
  }

  @Test
  void aCommitBehindAFrameWithoutSaltsMeansABrokenChain() throws Exception {
    byte[] broken = WalBytes.threeCommits(false).with(WalBytes.third(8), 0, 0, 0, 0, 0, 0, 0, 0);
    MemoryFile log = new MemoryFile(() -> {});
    log.write(broken, 0);
    FrameScan scan = new FrameScan(log, WalHeader.read(log));
    scan.run(Integer.MAX_VALUE, _ -> {});
    assertThat(scan.isBroken()).isTrue();
    assertThat(FoundCommit.between(scan, 5, new byte[24]))
        .extracting(FoundCommit::last)
        .containsExactly(3, 5);
    assertThat(FoundCommit.between(scan, 4, new byte[24])).isEmpty();
    assertThat(FoundCommit.between(scan, 6, new byte[24])).isEmpty();
  }
}
