package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarReader;
import dev.kiln.archive.NarWriter;
import dev.kiln.digest.ByteString;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.ops.store.RealiseFailure.Kind;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.ContentAddress.Method;
import dev.kiln.store.PathInfo;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationOutput;
import dev.kiln.store.format.ReferenceScanner;
import dev.kiln.store.format.Rewriter;
import dev.kiln.store.format.SelfHash;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a builder left, made into objects (nix-store.md §18): canonical, scanned for references,
/// hashed, under their final paths.
final class Outputs {
  /// One output, ready to be installed.
  record Output(String name, PathInfo info, Path tree) {}

  /// What the store says of a socket, a FIFO or a device.
  private static final String UNSUPPORTED = "has an unsupported type";

  private final Store store;
  private final StorePath path;
  private final Derivation derivation;
  private final SortedMap<String, StorePath> scratch;
  private final SortedSet<StorePath> closure;
  private final Set<String> unscanned;
  private final Map<StorePath, StorePath> moved = new HashMap<>();

  /// `scratch` are the paths that the builder wrote to, `unscanned` the outputs whose references
  /// are discarded.
  Outputs(
      Store store,
      StorePath path,
      Derivation derivation,
      SortedMap<String, StorePath> scratch,
      SortedSet<StorePath> closure,
      Set<String> unscanned) {
    this.store = store;
    this.path = path;
    this.derivation = derivation;
    this.scratch = scratch;
    this.closure = closure;
    this.unscanned = unscanned;
  }

  /// Makes all outputs ready, dependencies first.
  List<Output> prepare(SortedMap<String, Path> built) throws KilnException, IOException {
    var references = new TreeMap<String, SortedSet<StorePath>>();
    for (var output : scratch.keySet()) {
      var tree = built.get(output);
      if (tree == null || !Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
        throw refused(
            "failed to produce output path for output '%s' at '%s'"
                .formatted(output, name(scratch.get(output))));
      }
      checkMode(output, tree);
      canonicalise(output, tree);
      references.put(output, scan(output, tree));
    }
    var outputs = new ArrayList<Output>();
    for (var output : sorted(references)) {
      outputs.add(prepare(output, require(built, output), require(references, output)));
    }
    return outputs;
  }

  private void canonicalise(String output, Path tree) throws KilnException {
    try {
      store.canonicalise(tree);
    } catch (KilnException e) {
      if (e.getCause() instanceof FileSystemException failure
          && UNSUPPORTED.equals(failure.getReason())) {
        var inside = failure.getFile().substring(tree.toString().length());
        throw refused(
            "made '%s', which is neither file nor directory nor link"
                .formatted(name(require(scratch, output)) + inside));
      }
      throw e;
    }
  }

  private static void checkMode(String output, Path tree) throws IOException, KilnException {
    if (Files.isSymbolicLink(tree)) {
      return;
    }
    var mode = Files.getPosixFilePermissions(tree, LinkOption.NOFOLLOW_LINKS);
    if (mode.contains(PosixFilePermission.GROUP_WRITE)
        || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new RealiseFailure(
          Kind.OTHER,
          "suspicious ownership or permission on output '%s'; rejecting this build output"
              .formatted(output));
    }
  }

  private SortedSet<StorePath> scan(String output, Path tree) throws IOException, KilnException {
    if (unscanned.contains(output)) {
      return new TreeSet<>();
    }
    var candidates = new TreeSet<>(closure);
    candidates.addAll(scratch.values());
    var scanner = new ReferenceScanner(candidates);
    NarWriter.dump(tree, scanner);
    return new TreeSet<>(scanner.found());
  }

  private List<String> sorted(SortedMap<String, SortedSet<StorePath>> references)
      throws KilnException {
    var sorted = new ArrayList<String>();
    for (var output : references.keySet()) {
      visit(output, references, new HashSet<>(), sorted);
    }
    return sorted;
  }

  private void visit(
      String output,
      SortedMap<String, SortedSet<StorePath>> references,
      Set<String> parents,
      List<String> sorted)
      throws KilnException {
    if (sorted.contains(output)) {
      return;
    }
    if (!parents.add(output)) {
      throw new RealiseFailure(
          Kind.OTHER,
          "cycle detected in build of '%s' in the references of output '%s'"
              .formatted(name(path), output));
    }
    for (var other : scratch.entrySet()) {
      if (!other.getKey().equals(output)
          && references.getOrDefault(output, new TreeSet<>()).contains(other.getValue())) {
        visit(other.getKey(), references, parents, sorted);
      }
    }
    parents.remove(output);
    sorted.add(output);
  }

  private Output prepare(String name, Path tree, SortedSet<StorePath> found)
      throws IOException, KilnException {
    return switch (require(derivation.outputs(), name)) {
      case DerivationOutput.InputAddressed _ ->
          finish(name, require(scratch, name), tree, found, "");
      case DerivationOutput.Fixed(var address) -> fixed(name, address, tree, found);
      case DerivationOutput.Floating(var method, var algorithm) ->
          floating(name, method, algorithm, tree, found);
      case DerivationOutput.Deferred _, DerivationOutput.Impure _ ->
          throw refused("has an output '%s' that kiln does not build".formatted(name));
    };
  }

  private static <T> T require(Map<String, T> map, String name) {
    var found = map.get(name);
    if (found == null) {
      throw new IllegalStateException("no output " + name);
    }
    return found;
  }

  private Output finish(
      String name, StorePath last, Path tree, SortedSet<StorePath> references, String address)
      throws IOException, KilnException {
    var nar = NarWriter.hash(tree);
    var info =
        new PathInfo(
            last,
            nar.hash(),
            nar.size(),
            references,
            path,
            Instant.EPOCH,
            true,
            List.of(),
            address.isEmpty() ? null : address);
    return new Output(name, info, tree);
  }

  private Output fixed(String name, ContentAddress expected, Path tree, SortedSet<StorePath> found)
      throws IOException, KilnException {
    checkFlat(expected.method(), tree);
    if (!found.isEmpty()) {
      throw refused(
          "is a fixed-output derivation and may not refer to other store paths, but refers to "
              + name(found.first()));
    }
    var actual =
        new ContentAddress(
            expected.method(),
            AddOperation.hash(tree, expected.method(), expected.hash().algorithm()));
    var last =
        StorePaths.contentAddressed(
            store.storeDir(),
            StorePaths.outputName(derivation.name(), name),
            actual,
            new TreeSet<>(),
            false);
    return finish(name, last, tree, new TreeSet<>(), actual.toString());
  }

  private void checkFlat(Method method, Path tree) throws IOException, KilnException {
    if (method != Method.NAR
        && (!Files.isRegularFile(tree, LinkOption.NOFOLLOW_LINKS)
            || Files.getPosixFilePermissions(tree).contains(PosixFilePermission.OWNER_EXECUTE))) {
      throw refused(
          "should have given a non-executable regular file, since recursive hashing is not enabled"
              + " (outputHashMode=flat)");
    }
  }

  private Output floating(
      String name, Method method, HashAlgorithm algorithm, Path tree, SortedSet<StorePath> found)
      throws IOException, KilnException {
    checkFlat(method, tree);
    var own = require(scratch, name);
    var siblings = new LinkedHashMap<ByteString, ByteString>();
    var references = new TreeSet<StorePath>();
    for (var reference : found) {
      var last = moved.getOrDefault(reference, reference);
      if (!last.equals(reference)) {
        siblings.put(hashPart(reference), hashPart(last));
      }
      if (!reference.equals(own)) {
        references.add(last);
      }
    }
    var rewritten = siblings.isEmpty() ? tree : rewrite(tree, siblings);
    var hash = new SelfHash(algorithm, own.hashPart());
    write(method, rewritten, hash);
    var address = new ContentAddress(method, hash.digest());
    var last =
        StorePaths.contentAddressed(
            store.storeDir(),
            StorePaths.outputName(derivation.name(), name),
            address,
            references,
            hash.foundItself());
    moved.put(own, last);
    if (hash.foundItself()) {
      rewritten = rewrite(rewritten, Map.of(hashPart(own), hashPart(last)));
      references.add(last);
    }
    return finish(name, last, rewritten, references, address.toString());
  }

  private static void write(Method method, Path tree, OutputStream out)
      throws IOException, KilnException {
    if (method == Method.NAR) {
      NarWriter.dump(tree, out);
    } else {
      Files.copy(tree, out);
    }
  }

  private static ByteString hashPart(StorePath path) {
    return ByteString.of(path.hashPart());
  }

  /// Writes the tree anew with other hash parts, in contents, links and names alike.
  private Path rewrite(Path tree, Map<ByteString, ByteString> rewrites)
      throws IOException, KilnException {
    var staging = store.newStaging();
    var nar = staging.resolve("nar");
    try (var out =
        new Rewriter(new BufferedOutputStream(Files.newOutputStream(nar), 1 << 17), rewrites)) {
      NarWriter.dump(tree, out);
    }
    var copy = staging.resolve("x");
    try (var in = new BufferedInputStream(Files.newInputStream(nar), 1 << 17)) {
      NarReader.restore(in, copy);
    }
    Files.delete(nar);
    store.canonicalise(copy);
    return copy;
  }

  private String name(StorePath object) {
    return store.storeDir().resolve(object);
  }

  private RealiseFailure refused(String what) {
    return new RealiseFailure(Kind.OTHER, "builder for '" + name(path) + "' " + what);
  }
}
