package io.wardbell.source.sqlite.wal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// The pages of the simulated database, byte by byte.
final class SimulatedPages {
  private SimulatedPages() {}

  /// The one page of a table: the row `(1, version)`.
  static byte[] table(int version) {
    ByteBuffer page = ByteBuffer.allocate(SimulatedSqlite.PAGE);
    int at = SimulatedSqlite.PAGE - 9;
    page.put(0, (byte) 13).putShort(3, (short) 1).putShort(5, (short) at);
    page.putShort(8, (short) at);
    // payload of 7 bytes, rowid 1; header of 3 bytes: NULL for the rowid, a 4-byte integer
    page.put(at, new byte[] {7, 1, 3, 0, 4}).putInt(at + 5, version);
    return page.array();
  }

  /// Page 1: the schema of all tables.
  static byte[] schema() {
    ByteBuffer page = ByteBuffer.allocate(SimulatedSqlite.PAGE);
    page.put(0, "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII))
        .putShort(16, (short) SimulatedSqlite.PAGE);
    page.put(18, (byte) 2).put(19, (byte) 2).putInt(44, 4).putInt(56, 1);
    page.put(100, (byte) 13).putShort(103, (short) SimulatedSqlite.TABLES);
    int at = SimulatedSqlite.PAGE;
    for (int table = 0; table < SimulatedSqlite.TABLES; table++) {
      String name = "t" + table;
      byte[] sql =
          ("CREATE TABLE " + name + "(i INTEGER PRIMARY KEY,v)")
              .getBytes(StandardCharsets.US_ASCII);
      int payload = 6 + 5 + 2 + 2 + 1 + sql.length;
      ByteBuffer cell = ByteBuffer.allocate(payload + 2);
      cell.put((byte) payload).put((byte) (table + 1));
      cell.put((byte) 6).put((byte) 23).put((byte) 17).put((byte) 17).put((byte) 1);
      cell.put((byte) (13 + 2 * sql.length)).put("table".getBytes(StandardCharsets.US_ASCII));
      cell.put(name.getBytes(StandardCharsets.US_ASCII))
          .put(name.getBytes(StandardCharsets.US_ASCII));
      cell.put((byte) (table + 2)).put(sql);
      at -= cell.capacity();
      page.put(at, cell.array()).putShort(108 + 2 * table, (short) at);
    }
    return page.putShort(105, (short) at).array();
  }
}
