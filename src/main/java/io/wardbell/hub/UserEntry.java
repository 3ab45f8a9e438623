package io.wardbell.hub;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One account that has sessions, or had some, or was told something. Written by the registry, one
/// writer at a time; read by any thread.
final class UserEntry {
  private static final int DEVICES_MAX = 32;

  final Id<Kind.User> user;

  /// All open sessions, oldest first; not to be written to.
  volatile Session[] sessions = {};

  /// When its clients were last told of a change, whether or not any was there.
  volatile long toldAt = DeviceEntry.NEVER;

  private DeviceEntry[] devices = {};

  UserEntry(Id<Kind.User> user) {
    this.user = user;
  }

  /// The client of this name. Of too many, the one that left longest ago is forgotten.
  DeviceEntry device(String name) {
    for (DeviceEntry known : devices) {
      if (known.device.equals(name)) {
        return known;
      }
    }
    DeviceEntry added = new DeviceEntry(user, name);
    int replaced = devices.length < DEVICES_MAX ? -1 : oldest();
    if (replaced >= 0) {
      devices[replaced] = added;
    } else {
      devices = Arrays.copyOf(devices, devices.length + 1);
      devices[devices.length - 1] = added;
    }
    return added;
  }

  private int oldest() {
    @Nullable DeviceEntry oldest = null;
    int at = -1;
    for (int i = 0; i < devices.length; i++) {
      DeviceEntry entry = devices[i];
      if (entry.sessions.length == 0 && (oldest == null || entry.leftAt() < oldest.leftAt())) {
        oldest = entry;
        at = i;
      }
    }
    return at;
  }
}
