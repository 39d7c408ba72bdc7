package dev.kiln.plan;

/// An edge between drafts: what it leads to, what for, and the name that the crate has there.
record DraftEdge(Draft to, UnitFor unitFor, String externCrateName) {
  DraftEdge to(Draft other) {
    return new DraftEdge(other, unitFor, externCrateName);
  }
}
