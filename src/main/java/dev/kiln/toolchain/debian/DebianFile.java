package dev.kiln.toolchain.debian;

import dev.kiln.KilnException;
import dev.kiln.toml.TomlFile;
import dev.kiln.toml.TomlTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// `toolchains/NAME.toml` of the kind `debian`: which packages are what.
public record DebianFile(
    Archive archive, Rust rust, Sysroot sysroot, SortedMap<String, TargetParts> targets) {

  /// Where packages come from: suites such as `bookworm` and `bookworm-security`, their components,
  /// Debian's names of the machines that can be hosts, and the file of keys that sign for it.
  public record Archive(
      List<String> suites, List<String> components, List<String> hosts, String keyring) {
    public Archive {
      suites = List.copyOf(suites);
      components = List.copyOf(components);
      hosts = List.copyOf(hosts);
    }
  }

  /// The compiler: packages with what they need but for `without`; and the package that has Rust's
  /// own sources, with the directory of `library/` in it.
  public record Rust(List<String> packages, List<String> without, String source, String library) {
    public Rust {
      packages = List.copyOf(packages);
      without = List.copyOf(without);
    }
  }

  /// The C toolchain, shell and tools of builders; further packages that a workspace may name;
  /// symbolic links that installing would make; and the packages that native crates need, by the
  /// crate's name.
  public record Sysroot(
      List<String> packages,
      List<String> available,
      SortedMap<String, String> links,
      SortedMap<String, List<String>> natives) {
    public Sysroot {
      packages = List.copyOf(packages);
      available = List.copyOf(available);
      links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
      natives = Collections.unmodifiableSortedMap(new TreeMap<>(natives));
    }
  }

  /// What a target takes: packages of its own architecture, alone, that hold its standard library
  /// (`std`) or that one is built with (`parts`), and tools that run on the host.
  public record TargetParts(
      String architecture, List<String> std, List<String> parts, List<String> tools) {
    public TargetParts {
      std = List.copyOf(std);
      parts = List.copyOf(parts);
      tools = List.copyOf(tools);
    }
  }

  public DebianFile {
    targets = Collections.unmodifiableSortedMap(new TreeMap<>(targets));
  }

  /// Parses a file's text; `path` names it in messages.
  public static DebianFile parse(Path path, String text) throws KilnException {
    var root = TomlFile.parse(path, text).root();
    only(root, List.of("kind", "archive", "rust", "sysroot", "native", "target"));
    var archive = table(root, "archive");
    only(archive, List.of("suites", "components", "hosts", "keyring"));
    var rust = table(root, "rust");
    only(rust, List.of("packages", "without", "source", "library"));
    var sysroot = table(root, "sysroot");
    only(sysroot, List.of("packages", "available", "links"));
    return new DebianFile(
        new Archive(
            strings(archive, "suites"),
            strings(archive, "components"),
            strings(archive, "hosts"),
            string(archive, "keyring")),
        new Rust(
            strings(rust, "packages"),
            strings(rust, "without"),
            string(rust, "source"),
            string(rust, "library")),
        new Sysroot(
            strings(sysroot, "packages"),
            strings(sysroot, "available"),
            links(sysroot),
            natives(root)),
        targets(root));
  }

  private static SortedMap<String, String> links(TomlTable sysroot) throws KilnException {
    var links = new TreeMap<String, String>();
    var table = sysroot.table("links");
    if (table != null) {
      for (var name : table.keys()) {
        links.put(name, string(table, name));
      }
    }
    return links;
  }

  private static SortedMap<String, List<String>> natives(TomlTable root) throws KilnException {
    var natives = new TreeMap<String, List<String>>();
    var table = root.table("native");
    if (table != null) {
      for (var name : table.keys()) {
        natives.put(name, strings(table, name));
      }
    }
    return natives;
  }

  private static SortedMap<String, TargetParts> targets(TomlTable root) throws KilnException {
    var targets = new TreeMap<String, TargetParts>();
    var table = table(root, "target");
    for (var triple : table.keys()) {
      var parts = table(table, triple);
      only(parts, List.of("architecture", "std", "parts", "tools"));
      targets.put(
          triple,
          new TargetParts(
              string(parts, "architecture"),
              strings(parts, "std"),
              strings(parts, "parts"),
              strings(parts, "tools")));
    }
    return targets;
  }

  private static void only(TomlTable table, List<String> keys) throws KilnException {
    var unknown = new ArrayList<>(table.keys());
    unknown.removeAll(keys);
    if (!unknown.isEmpty()) {
      throw new KilnException(
          "unknown key `" + unknown.getFirst() + "` in " + table.place(),
          "the keys are: " + String.join(", ", keys));
    }
  }

  private static TomlTable table(TomlTable in, String key) throws KilnException {
    var table = in.table(key);
    if (table == null) {
      throw in.failure("the toolchain file has no table `" + key + "`");
    }
    return table;
  }

  private static String string(TomlTable in, String key) throws KilnException {
    var value = in.string(key);
    if (value == null) {
      throw in.failure("the key `" + key + "` is missing");
    }
    return value;
  }

  private static List<String> strings(TomlTable in, String key) throws KilnException {
    var values = in.strings(key);
    return values == null ? List.of() : values;
  }
}
