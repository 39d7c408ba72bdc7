package dev.kiln.derivation;

import dev.kiln.store.StorePath;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// What the units of one kind are built with: the toolchain that has their standard library, the
/// fingerprint of the C toolchain for their target, and further trees by sandbox path: `always`
/// what rustc itself reads (a custom target's file), `tools` what linkers and build scripts may
/// use.
public record Platform(
    StorePath toolchain,
    String sysroot,
    SortedMap<String, StorePath> always,
    SortedMap<String, StorePath> tools) {
  public Platform {
    always = Collections.unmodifiableSortedMap(new TreeMap<>(always));
    tools = Collections.unmodifiableSortedMap(new TreeMap<>(tools));
  }
}
