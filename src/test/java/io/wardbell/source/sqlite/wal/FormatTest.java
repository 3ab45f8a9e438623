package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small parts of the format.
@NullUnmarked
class FormatTest {
  private static byte[] index() {
    ByteBuffer b = ByteBuffer.allocate(136).order(ByteOrder.nativeOrder());
    b.putInt(0, 3_007_000).putInt(8, 5).put(12, (byte) 1).putInt(16, 7).putInt(128, 3);
    RunningSum sum = new RunningSum();
    sum.add(b.array(), 0, 40, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN);
    b.putInt(40, sum.first).putInt(44, sum.second);
    return b.put(48, b.array(), 0, 48).array();
  }

  @Test
  void anIndexIsReadOnlyWhenBothCopiesAreWholeAndEqual() {
    WalIndexHeader header = WalIndexHeader.parse(index());
    assertThat(header.frames()).isEqualTo(7);
    assertThat(header.changes()).isEqualTo(5);
    assertThat(header.backfillAttempted()).isEqualTo(3);
    byte[] copiesDiffer = index();
    copiesDiffer[60]++;
    assertThat(WalIndexHeader.parse(copiesDiffer)).isNull();
    byte[] beingBuilt = index();
    beingBuilt[12] = 0;
    beingBuilt[60] = 0;
    assertThat(WalIndexHeader.parse(beingBuilt)).isNull();
    byte[] checksumWrong = index();
    checksumWrong[16]++;
    checksumWrong[64]++;
    assertThat(WalIndexHeader.parse(checksumWrong)).isNull();
    assertThat(WalIndexHeader.parse(new byte[3])).isNull();
  }

  @Test
  void varintsOfEveryLength() {
    for (int bits = 0; bits < 64; bits++) {
      long value = 1L << bits;
      Packed packed = new Packed();
      packed.integer(value);
      assertThat(Packed.valueAt(packed.take(), 0, StandardCharsets.UTF_8)).isEqualTo(value);
    }
    byte[] nine = {-1, -1, -1, -1, -1, -1, -1, -1, -1};
    assertThat(Bits.varint(nine, 0)).isEqualTo(-1);
    assertThat(Bits.varintLength(nine, 0)).isEqualTo(9);
    assertThatThrownBy(() -> Bits.varint(nine, 3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE"})
  void textsThatAreUuidsOrNearlySo(String encoding) {
    Charset charset = Charset.forName(encoding);
    for (String text :
        List.of(
            "01234567-89ab-cdef-0123-456789abcdef",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "0123456789ab-cdef-0123-4567-89abcdef",
            "01234567-89AB-CDEF-0123-456789ABCDEF",
            "01234567-89ab-cdef-0123-456789abcdeg",
            "01234567-89ab-cdef-0123-456789abcde",
            "18 characters here")) {
      Packed packed = new Packed();
      packed.literal(text, charset);
      packed.literal(7L, charset);
      byte[] both = packed.take();
      assertThat(Packed.valueAt(both, 0, charset)).isEqualTo(text);
      assertThat(Packed.valueAt(both, Packed.next(both, 0), charset)).isEqualTo(7L);
    }
  }

  @Test
  void createTableInEveryStyle() throws Exception {
    CreateTable table =
        CreateTable.parse(
            """
            CREATE TABLE IF NOT EXISTS main."a (b)" ( -- a comment, with ( and ,
              [id x] VARCHAR(36) NOT NULL,
              `n` DECIMAL(10, 5) DEFAULT -1.5e3 CHECK (n > 1, 2),
              "primary" TEXT DEFAULT 'it''s, (so)' COLLATE NOCASE,
              r REFERENCES other(id) ON DELETE SET NULL ON UPDATE SET DEFAULT,
              g INT GENERATED ALWAYS AS (n * 2) VIRTUAL, s AS (n) STORED,
              h INTEGER DEFAULT (+0x10) /* , */, t DEFAULT CURRENT_TIMESTAMP, b DEFAULT x'00ff',
              CONSTRAINT pk PRIMARY KEY ("id x" COLLATE NOCASE DESC, n) ON CONFLICT REPLACE,
              UNIQUE (h, t), FOREIGN KEY (r) REFERENCES other(id)
            ) STRICT, WITHOUT ROWID\
            """);
    assertThat(table.columns())
        .extracting(CreateTable.Column::name)
        .containsExactly("id x", "n", "primary", "r", "g", "s", "h", "t", "b");
    assertThat(table.columns())
        .extracting(CreateTable.Column::fallback)
        .startsWith(null, -1500.0, "it's, (so)", null, null, null, 16L, null);
    assertThat(table.primaryKey()).containsExactly("id x", "n");
    assertThat(table.uniqueKeys()).containsExactly(List.of("h", "t"));
    assertThat(table.isWithoutRowid()).isTrue();
    assertThat(table.columns().get(4).generated()).isEqualTo(CreateTable.Generated.VIRTUAL);
    assertThat(table.columns().get(5).generated()).isEqualTo(CreateTable.Generated.STORED);
    assertThatThrownBy(() -> CreateTable.parse("CREATE TABLE t(a, (b"))
        .isInstanceOf(MalformedPageException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "'CREATE TABLE t(a INTEGER PRIMARY KEY)', a",
    "'CREATE TABLE t(a integer primary key desc)', ",
    "'CREATE TABLE t(a INTEGER, PRIMARY KEY(a DESC))', a",
    "'CREATE TABLE t(a INT PRIMARY KEY)', ",
    "'CREATE TABLE t(a INTEGER, b, PRIMARY KEY(a, b))', ",
    "'CREATE TABLE t(a INTEGER PRIMARY KEY) WITHOUT ROWID', "
  })
  void whichColumnIsTheRowid(String sql, String column) throws Exception {
    assertThat(CreateTable.parse(sql).rowidColumn()).isEqualTo(column);
  }

  @Test
  void mapsOfPagesKeepWhatIsPutWhateverIsRemoved() {
    Random random = new Random(7);
    IntMap<String> map = new IntMap<>();
    Map<Integer, String> model = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      int key = 1 + random.nextInt(500);
      if (random.nextInt(3) == 0) {
        map.remove(key);
        model.remove(key);
      } else {
        map.put(key, "v" + i);
        model.put(key, "v" + i);
      }
      int any = 1 + random.nextInt(500);
      assertThat(map.get(any)).isEqualTo(model.get(any));
    }
    assertThat(map.size()).isEqualTo(model.size());
  }

  @Test
  void fileSystemsByTheMountThatCoversThem() {
    String mounts =
        """
        22 1 0:20 / / rw shared:1 - ext4 /dev/sda1 rw
        30 22 0:31 / /data rw - nfs4 server:/x rw
        31 30 0:32 / /data/my\\040files rw shared:2 master:1 - tmpfs tmpfs rw
        32 22 0:33 / /database rw - virtiofs v rw
        """;
    assertThat(MountCheck.typeOf("/data/db.sqlite3", mounts)).isEqualTo("nfs4");
    assertThat(MountCheck.typeOf("/data/my files/db", mounts)).isEqualTo("tmpfs");
    assertThat(MountCheck.typeOf("/database/x", mounts)).isEqualTo("virtiofs");
    assertThat(MountCheck.typeOf("/databases/x", mounts)).isEqualTo("ext4");
  }

  @Test
  void aJournalIsInUseWhenItsHeaderIsWritten() {
    assertThat(JournalMark.isHot(null)).isFalse();
    assertThat(JournalMark.isHot(new byte[0])).isFalse();
    assertThat(JournalMark.isHot(new byte[8])).isFalse();
    assertThat(JournalMark.isHot(new byte[] {(byte) 0xd9, (byte) 0xd5, 5, (byte) 0xf9})).isTrue();
  }
}
