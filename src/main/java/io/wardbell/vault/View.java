package io.wardbell.vault;

/// Which state of an organization's relations is meant. The server rewrites them by deleting all
/// and inserting anew, each in its own commit: in between, nobody sees anything.
enum View {
  /// As they were when they were last quiet; what people were told.
  SETTLED,
  /// As the tables have them now.
  CURRENT
}
