package io.wardbell.bench;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.event.Event;
import com.github.shyiko.mysql.binlog.event.UpdateRowsEventData;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The library that Debezium reads the logs of MariaDB and MySQL with, alone. Arguments: a port,
/// the user of whose items it says when they came.
final class BinlogReader {
  private BinlogReader() {}

  public static void main(String[] args) throws Exception {
    BinaryLogClient client =
        new BinaryLogClient("127.0.0.1", Integer.parseInt(args[0]), "vault", "bench", "bench");
    client.setServerId(4712);
    client.setConnectTimeout(TimeUnit.MINUTES.toMillis(1)); // other work may hold it up
    client.registerEventListener(event -> take(event, args[1]));
    client.connect();
  }

  private static void take(Event event, String user) {
    if (event.getData() instanceof UpdateRowsEventData rows) {
      for (Map.Entry<Serializable[], Serializable[]> row : rows.getRows()) {
        String text = Arrays.toString(row.getValue());
        if (text.contains(user)) {
          System.out.println("heard " + System.nanoTime() + " " + text.replace(' ', '_'));
        }
      }
    }
  }
}
