package io.wardbell.config;

/// One setting that is wrong.
///
/// @param setting its name
/// @param read what was read and where, never a secret's value
/// @param right what would be right
public record Fault(String setting, String read, String right) {
  @Override
  public String toString() {
    return setting + ": " + read + "; " + right;
  }
}
