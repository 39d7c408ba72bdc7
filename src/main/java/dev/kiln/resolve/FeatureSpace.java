package dev.kiln.resolve;

/// Whose features are unified with whose (Cargo: `FeaturesFor`; artifact dependencies are nightly
/// only).
public enum FeatureSpace {
  /// Normal and dev-dependencies.
  NORMAL,
  /// Build dependencies and procedural macros, and all below them.
  HOST;

  /// Returns [#HOST] where `host` holds.
  public static FeatureSpace of(boolean host) {
    return host ? HOST : NORMAL;
  }
}
