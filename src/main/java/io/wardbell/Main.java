package io.wardbell;

/// Entry point.
final class Main {
  private Main() {}

  public static void main(String[] args) {}
}
