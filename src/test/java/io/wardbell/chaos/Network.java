package io.wardbell.chaos;

import io.wardbell.StallingProxy;
import java.time.Duration;
import java.util.List;

/// What may happen to the network between Wardbell and a database, and to Wardbell itself.
final class Network {
  private Network() {}

  /// Faults of the process, on whatever database.
  static List<Fault> ofWardbell() {
    return List.of(
        Fault.harmless(
            "wardbell: kill -9",
            4,
            stage -> {
              stage.wardbell().kill();
              stage.pause(0, 1_500);
              stage.wardbell().start();
            }),
        Fault.harmless(
            "wardbell: SIGTERM",
            2,
            stage -> {
              stage.wardbell().terminate();
              stage.pause(0, 500);
              stage.wardbell().start();
            }),
        Fault.harmless("wardbell: stopped for 0.5-4 s", 2, stage -> stopped(stage, 500, 4_000)),
        Fault.harmless("wardbell: stopped for 8-12 s", 1, stage -> stopped(stage, 8_000, 12_000)));
  }

  /// One of several is away for a while: its clients go to another.
  static Fault away() {
    return Fault.harmless(
        "wardbell: kill -9, away for 1-6 s",
        1,
        stage -> {
          stage.wardbell().kill();
          stage.pause(1_000, 6_000);
          stage.wardbell().start();
        });
  }

  private static void stopped(Fault.Stage stage, int least, int most) throws InterruptedException {
    var process = stage.wardbell().process();
    process.signal("STOP");
    stage.pause(least, most);
    process.signal("CONT");
  }

  /// Faults of the network.
  ///
  /// @param blackHole within how long a peer that is silent has to be noticed
  static List<Fault> of(StallingProxy proxy, Duration blackHole) {
    return List.of(
        Fault.sudden("network: cut", 4, _ -> proxy.cut()),
        Fault.sudden(
            "network: cut and refused for 1-3 s",
            2,
            stage -> {
              proxy.refuse(true);
              proxy.cut();
              stage.pause(1_000, 3_000);
              proxy.refuse(false);
            }),
        Fault.harmless(
            "network: slow for 1-4 s",
            2,
            stage -> {
              proxy.delay(stage.random().nextInt(20, 400));
              stage.pause(1_000, 4_000);
              proxy.delay(0);
            }),
        new Fault(
            "network: black hole for 1-4 s, then cut",
            2,
            Duration.ofSeconds(15),
            stage -> {
              proxy.stall();
              stage.pause(1_000, 4_000);
              proxy.resume();
            }),
        new Fault(
            "network: black hole until noticed",
            1,
            blackHole,
            stage -> {
              java.time.Instant since = java.time.Instant.now();
              proxy.stall();
              long end = System.nanoTime() + blackHole.toNanos();
              while (System.nanoTime() < end
                  && stage.wardbell().said(Serving.Kind.LOST, since) == null) {
                Pause.millis(50);
              }
              proxy.resume();
            }));
  }
}
