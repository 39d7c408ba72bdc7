package dev.kiln.ops.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.kiln.KilnException;
import dev.kiln.digest.ByteString;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Derivations as they lie in a store.
public final class DerivationFiles {
  static final String SUFFIX = ".drv";

  /// What is no file is no derivation either.
  private static final byte[] NONE = new byte[0];

  private DerivationFiles() {}

  /// Reads a valid derivation.
  public static Derivation read(Store store, StorePath path) throws KilnException {
    if (!path.isDerivation()) {
      throw new KilnException("'" + path + "' is no derivation: its name does not end in .drv");
    }
    store.requireInfo(path);
    try {
      return parse(store, path.name(), Files.readAllBytes(store.physical(path)));
    } catch (IOException e) {
      throw new KilnException("cannot read the derivation " + store.physical(path), null, e);
    }
  }

  private static Derivation parse(Store store, String fileName, byte[] text) throws KilnException {
    var name = fileName.substring(0, fileName.length() - SUFFIX.length());
    return Derivation.parse(store.storeDir(), name, text);
  }

  /// Refuses what is called a derivation and comes from outside, unless it is one and its outputs
  /// are its own: nobody may bring outputs of others under their path (nix-store.md §5.2).
  static void check(Store store, String name, Path tree) throws KilnException, IOException {
    if (name.endsWith(SUFFIX)) {
      check(
          store, name, Files.isRegularFile(tree, NOFOLLOW_LINKS) ? Files.readAllBytes(tree) : NONE);
    }
  }

  static void check(Store store, String name, byte[] text) throws KilnException {
    if (name.endsWith(SUFFIX)) {
      new DerivationHashes(store.storeDir(), input -> read(store, input))
          .check(parse(store, name, text));
    }
  }

  /// Returns the outputs whose paths are known: from the text, else from what a build gave.
  public static SortedMap<String, StorePath> outputs(Store store, StorePath path)
      throws KilnException {
    var derivation = read(store, path);
    var outputs = new TreeMap<String, StorePath>();
    Optional<RealisationRecord> realised = Optional.empty();
    for (var output : derivation.outputs().entrySet()) {
      var known = output.getValue().findPath(store.storeDir(), derivation.name(), output.getKey());
      if (known.isPresent()) {
        outputs.put(output.getKey(), known.get());
        continue;
      }
      if (realised.isEmpty()) {
        realised = store.findRealisation(path);
      }
      realised
          .map(record -> record.outputs().get(output.getKey()))
          .ifPresent(real -> outputs.put(output.getKey(), real));
    }
    return outputs;
  }

  /// Returns the outputs of a derivation that are valid; none for any other path.
  public static List<StorePath> validOutputs(Store store, StorePath path) throws KilnException {
    var valid = new ArrayList<StorePath>();
    if (path.isDerivation()) {
      for (var output : outputs(store, path).values()) {
        if (store.isValid(output)) {
          valid.add(output);
        }
      }
    }
    return valid;
  }

  /// Returns a variable of a derivation, or of the one that made a path.
  public static ByteString variable(Store store, StorePath path, String name) throws KilnException {
    var derivation = path.isDerivation() ? path : store.requireInfo(path).deriver();
    if (derivation == null) {
      throw new KilnException(
          "deriver of path '" + store.storeDir().resolve(path) + "' is not known");
    }
    var value = read(store, derivation).environment().get(ByteString.of(name));
    if (value == null) {
      throw new KilnException(
          "derivation '%s' has no environment binding named '%s'"
              .formatted(store.storeDir().resolve(derivation), name));
    }
    return value;
  }

  /// Returns all outputs, in the order of their paths. Those of a floating derivation, or of one
  /// that depends on such, are known only when it was built.
  public static SortedSet<StorePath> allOutputs(Store store, StorePath path) throws KilnException {
    var known = outputs(store, path);
    if (known.size() < read(store, path).outputs().size()) {
      throw new KilnException(
          "cannot use output path of floating content-addressed derivation '%s' until it is known"
              .formatted(store.storeDir().resolve(path)),
          "build it first, with `kiln store realise`");
    }
    return new TreeSet<>(known.values());
  }

  static SortedSet<StorePath> outputSet(Store store, StorePath path) throws KilnException {
    return new TreeSet<>(outputs(store, path).values());
  }
}
