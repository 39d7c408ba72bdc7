package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.store.ObjectArgument;
import dev.kiln.process.RawText;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.format.SecretKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/// What the store's commands share: the store, arguments that name objects, and how paths are
/// printed.
record NixCall(Invocation invocation) {
  static final Flag PHYSICAL =
      Flag.switched("--physical", "Print where objects lie, not their logical paths");

  static final Flag ALL = Flag.switched("--all", "Take every valid path");

  Arguments arguments() {
    return invocation.arguments();
  }

  boolean has(String flag) {
    return arguments().has(flag);
  }

  /// Answers whether a flag was given, be it one with a value.
  boolean gives(String flag) {
    return has(flag) || arguments().find(flag).isPresent();
  }

  /// Refuses a flag beside another that leaves nothing for it to do.
  void refuseTogether(String flag, String other) throws UsageError {
    if (has(other)) {
      throw new UsageError("the argument '%s' cannot be used with '%s'".formatted(flag, other));
    }
  }

  Store store() throws KilnException, UsageError {
    var places = invocation.settings().places();
    return Store.open(places.storeRoot(), places.storeDir());
  }

  Store storeForReading() throws KilnException, UsageError {
    var places = invocation.settings().places();
    return Store.openForReading(places.storeRoot(), places.storeDir());
  }

  /// Returns the operands as names of objects, or every valid path where the command knows `--all`,
  /// which then asks for operands itself.
  List<StorePath> objects(Store store) throws KilnException, UsageError {
    var none = arguments().operands().isEmpty();
    if (has("--all")) {
      if (!none) {
        throw new UsageError("'--all' does not expect arguments");
      }
      return List.copyOf(store.validPaths());
    }
    if (none) {
      throw new UsageError("the following required arguments were not provided: <PATH>...");
    }
    return ObjectArgument.parseAll(store, path("."), arguments().operands());
  }

  ObjectArgument object(Store store, String text) throws KilnException {
    return ObjectArgument.parse(store, path("."), text);
  }

  /// Reads the file of a secret key.
  SecretKey secretKey(String file) throws KilnException {
    try {
      return SecretKey.parse(Files.readString(path(file)).strip());
    } catch (IOException e) {
      throw new KilnException("cannot read the key file " + file, null, e);
    }
  }

  Path path(String text) throws KilnException {
    return invocation.path(text);
  }

  /// Returns a path for the kernel to follow as it is written: after a link `..` goes up from where
  /// it leads, and what has a slash at its end, which a [Path] has not, must be a directory.
  Path tree(String text) throws KilnException {
    return invocation.asWritten(text.endsWith("/") ? text + "." : text);
  }

  /// Returns standard output for bytes that are no text.
  OutputStream bytes() {
    return out() instanceof StandardOutput standard ? standard.file() : out();
  }

  PrintStream out() {
    return invocation.out();
  }

  /// Prints a line with names in it, as the bytes that they are.
  void printRaw(String line) {
    out().writeBytes(RawText.bytes(line));
    out().println();
  }

  InputStream in() {
    return invocation.world().in();
  }

  void note(String line) {
    invocation.world().err().println(line);
  }

  /// Returns a path as `--physical` asks.
  String shown(Store store, StorePath path) {
    return has("--physical") ? store.physical(path).toString() : store.storeDir().resolve(path);
  }

  void print(Store store, Collection<StorePath> paths) {
    var directory =
        has("--physical") ? store.physicalDirectory().toString() : store.storeDir().path();
    var lines = new StringBuilder();
    for (var path : paths) {
      lines.append(directory).append('/').append(path.baseName()).append('\n');
    }
    out().print(lines);
  }
}
