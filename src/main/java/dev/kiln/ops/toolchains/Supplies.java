package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.ops.Settings;
import dev.kiln.store.StorePath;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlTable;
import dev.kiln.toolchain.debian.DebianFile;
import dev.kiln.toolchain.debian.DebianToolchain;
import dev.kiln.toolchain.debian.PackageLock;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes the supply that a toolchain file describes.
public final class Supplies {
  private final Settings settings;
  private final ToolchainFiles files;
  private final HttpSettings http;
  private final EventSink events;

  public Supplies(Settings settings, ToolchainFiles files, HttpSettings http, EventSink events) {
    this.settings = settings;
    this.files = files;
    this.http = http;
    this.events = events;
  }

  /// Returns the toolchain of a name, where there is a file of it.
  public Optional<Supply> find(String name) throws KilnException {
    var found = files.find(name);
    return found.isPresent() ? Optional.of(supply(name, found.get())) : Optional.empty();
  }

  /// Returns a toolchain that a sysroot can be made of.
  public DebianSupply requireSysroot(String name) throws KilnException {
    var found = files.require(name);
    if (supply(name, found) instanceof DebianSupply supply) {
      return supply;
    }
    throw new KilnException(
        "the toolchain `" + name + "` has no sysroot", "take `--sysroot host` or one of packages");
  }

  private Supply supply(String name, ToolchainFiles.Found found) throws KilnException {
    var place = settings.cwd().resolve(found.place());
    var root = TomlFile.parse(place, found.text()).root();
    var kind = root.string("kind");
    var ground = SupplyGround.of(settings, http, name, events);
    return switch (kind) {
      case "debian" -> {
        var file = DebianFile.parse(place, found.text());
        yield new DebianSupply(ground, DebianToolchain.of(name, machine(), file, lock(name)));
      }
      case "rust-dist" -> new DistSupply(ground, lock(name), hostTriple());
      case "imported" -> imported(ground, root);
      case null, default ->
          throw new KilnException(
              place + ": the kind `" + kind + "` of toolchain is not known",
              "the kinds are: debian, rust-dist, imported");
    };
  }

  private PackageLock lock(String name) throws KilnException {
    var locked = files.lock(name);
    return PackageLock.parse(locked.place(), locked.text());
  }

  private static ImportedSupply imported(SupplyGround ground, TomlTable root) throws KilnException {
    var stds = new TreeMap<String, StorePath>();
    var table = root.table("std");
    if (table != null) {
      for (var triple : table.keys()) {
        stds.put(triple, object(table, triple));
      }
    }
    return new ImportedSupply(ground, object(root, "object"), stds);
  }

  private static StorePath object(TomlTable table, String key) throws KilnException {
    @Nullable String name = table.string(key);
    if (name == null) {
      throw table.failure("the key `" + key + "` is missing");
    }
    return new StorePath(name);
  }

  private static String machine() {
    return System.getProperty("os.arch", "");
  }

  /// Returns Rust's name of this machine.
  public static String hostTriple() {
    return (machine().equals("amd64") ? "x86_64" : machine()) + "-unknown-linux-gnu";
  }
}
