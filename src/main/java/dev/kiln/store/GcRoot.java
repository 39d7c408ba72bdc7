package dev.kiln.store;

/// Something that keeps a path from being collected: `source` names it for people, as raw text (a
/// link, a root record, a process in braces as Nix has it).
public record GcRoot(String source, StorePath path) {}
