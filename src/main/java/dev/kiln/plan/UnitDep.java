package dev.kiln.plan;

/// An edge of the unit graph: `unit` is the index of what is depended on in [UnitGraph#units].
public record UnitDep(
    int unit, String externCrateName, boolean isPublic, boolean noprelude, boolean nounused) {
  UnitDep to(int other) {
    return new UnitDep(other, externCrateName, isPublic, noprelude, nounused);
  }
}
