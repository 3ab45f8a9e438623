package io.wardbell.config;

/// A text that must not be shown: prints as `***` wherever it ends up.
public record Secret(String reveal) {
  @Override
  public String toString() {
    return "***";
  }
}
