package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.archive.Trees;
import dev.kiln.builder.BuildOutcome;
import dev.kiln.builder.Builder;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import dev.kiln.ops.store.Outputs.Output;
import dev.kiln.ops.store.RealiseFailure.Kind;
import dev.kiln.store.ContentAddress;
import dev.kiln.store.RealisationRecord;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;
import dev.kiln.store.derivation.Derivation;
import dev.kiln.store.derivation.DerivationOutput;
import dev.kiln.store.derivation.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;

/// Realises derivations of any origin, as `nix-store --realise` does (nix-store.md §16): inputs
/// first, each derivation once, as many builders at a time as there are jobs.
///
/// 1. Outputs that are valid are done.
/// 2. Inputs are realised; what depends on floating ones is resolved to a basic derivation.
/// 3. Under the derivation's lock, after another look, the builder runs in Nix's environment.
/// 4. What it left is canonicalised, scanned, hashed, checked and registered.
public final class RealiseOperation {
  private static final Set<String> FEATURES = Set.of("benchmark", "big-parallel", "nixos-test");

  private final Store store;
  private final Builder builder;
  private final RealiseOptions options;
  private final RealiseListener said;
  private final FreeSpace space;
  private final Semaphore jobs;
  private final Map<StorePath, FutureTask<SortedMap<String, StorePath>>> goals =
      new ConcurrentHashMap<>();

  /// In the order in which they came; the same one comes from all that depend on it.
  private final Set<KilnException> failed = Collections.synchronizedSet(new LinkedHashSet<>());

  public RealiseOperation(
      Store store, Builder builder, RealiseOptions options, RealiseListener said)
      throws KilnException {
    this.store = store;
    this.builder = builder;
    this.options = options;
    this.said = said;
    this.space = FreeSpace.of(store, options.environment(), line -> said.say("collecting " + line));
    this.jobs = new Semaphore(Math.max(1, options.jobs()));
  }

  /// What came of it: outputs by derivation, and failures; with keep-going all of them, also those
  /// of inputs, in the order in which they came.
  public record Result(
      SortedMap<StorePath, SortedMap<String, StorePath>> outputs, List<KilnException> failures) {
    public Result {
      outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
      failures = List.copyOf(failures);
    }

    /// Returns Nix's exit code for all failures together (nix-store.md §23).
    public int exitCode() {
      if (failures.isEmpty()) {
        return 0;
      }
      var mask = 0;
      for (var failure : failures) {
        mask |= failure instanceof RealiseFailure known ? known.kind().bits() : 0;
      }
      return mask == 0 ? 1 : 0x60 | mask;
    }
  }

  /// Realises these derivations. Without keep-going nothing new begins after a failure.
  public Result realise(List<StorePath> derivations) throws KilnException, InterruptedException {
    store.addTemporaryRoots(derivations);
    var outputs = new TreeMap<StorePath, SortedMap<String, StorePath>>();
    var failures = new ArrayList<KilnException>();
    for (var path : derivations) {
      var _ = goal(path);
    }
    for (var path : derivations) {
      if (!failures.isEmpty() && !options.mode().keepGoing()) {
        break;
      }
      try {
        outputs.put(path, await(path));
      } catch (KilnException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty() && !options.mode().keepGoing()) {
      goals.values().forEach(goal -> goal.cancel(true));
    } else {
      failures.clear(); // all of them, also of inputs of which the first was thrown
      synchronized (failed) {
        failures.addAll(failed);
      }
    }
    store.flush();
    return new Result(outputs, failures);
  }

  private FutureTask<SortedMap<String, StorePath>> goal(StorePath path) {
    var fresh = new FutureTask<>(() -> recorded(path));
    var known = goals.putIfAbsent(path, fresh);
    if (known != null) {
      return known;
    }
    Thread.ofVirtual().name("realise " + path).start(fresh);
    return fresh;
  }

  /// Keeps the failure of a derivation for the result, once for all that depend on it.
  private SortedMap<String, StorePath> recorded(StorePath path)
      throws KilnException, InterruptedException {
    try {
      return one(path);
    } catch (KilnException e) {
      failed.add(e);
      throw e;
    }
  }

  private SortedMap<String, StorePath> await(StorePath path)
      throws KilnException, InterruptedException {
    try {
      return goal(path).get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case KilnException failure -> throw failure;
        case InterruptedException _ ->
            throw new RealiseFailure(Kind.OTHER, "building of '" + name(path) + "' was stopped");
        case RuntimeException bug -> throw bug;
        case Error bug -> throw bug;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  private String name(StorePath path) {
    return store.storeDir().resolve(path);
  }

  private SortedMap<String, StorePath> one(StorePath path)
      throws KilnException, InterruptedException {
    var derivation = DerivationFiles.read(store, path);
    var known = valid(path, derivation);
    if (known.size() == derivation.outputs().size() && !options.mode().check()) {
      return known;
    }
    if (options.mode().check() && known.size() < derivation.outputs().size()) {
      throw new KilnException(
          "some outputs of '" + name(path) + "' are not valid, so checking is not possible",
          "realise it first");
    }
    var inputs = inputs(derivation);
    var basic = resolve(path, derivation, inputs);
    if (!basic.path().equals(path)) {
      var outputs = build(basic.path(), basic.derivation());
      if (!options.mode().check()) {
        store.register(new RealisationRecord(path, outputs, new TreeMap<>()));
      }
      return outputs;
    }
    return build(path, basic.derivation());
  }

  /// Returns the outputs that are valid already.
  private SortedMap<String, StorePath> valid(StorePath path, Derivation derivation)
      throws KilnException {
    var outputs = new TreeMap<String, StorePath>();
    var known = DerivationFiles.outputs(store, path);
    store.addTemporaryRoots(known.values());
    for (var output : known.entrySet()) {
      if (derivation.outputs().containsKey(output.getKey()) && store.isValid(output.getValue())) {
        outputs.put(output.getKey(), output.getValue());
      }
    }
    return outputs;
  }

  /// Realises the inputs; with `check` only what is not valid is built, without comparing.
  private Map<StorePath, SortedMap<String, StorePath>> inputs(Derivation derivation)
      throws KilnException, InterruptedException {
    var inputs = new TreeMap<StorePath, SortedMap<String, StorePath>>();
    for (var input : derivation.inputDerivations().keySet()) {
      if (options.mode().check()) {
        inputs.put(input, DerivationFiles.outputs(store, input));
      } else {
        var _ = goal(input);
      }
    }
    if (!options.mode().check()) {
      awaitAll(derivation.inputDerivations().keySet(), inputs);
    }
    for (var source : derivation.inputSources()) {
      store.requireInfo(source);
    }
    return inputs;
  }

  /// With keep-going the other inputs go on after one has failed, and are waited for.
  private void awaitAll(
      Set<StorePath> derivations, Map<StorePath, SortedMap<String, StorePath>> outputs)
      throws KilnException, InterruptedException {
    KilnException first = null;
    for (var path : derivations) {
      try {
        outputs.put(path, await(path));
      } catch (KilnException e) {
        first = first == null ? e : first;
        if (!options.mode().keepGoing()) {
          break;
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private record Basic(StorePath path, Derivation derivation) {}

  /// Floating and deferred derivations with inputs are built under the basic derivation that they
  /// resolve to; others keep their own path.
  private Basic resolve(
      StorePath path, Derivation derivation, Map<StorePath, SortedMap<String, StorePath>> inputs)
      throws KilnException {
    var basic =
        Resolution.resolve(
            store.storeDir(),
            derivation,
            (input, output) -> {
              var found = inputs.getOrDefault(input, new TreeMap<>()).get(output);
              if (found == null) {
                throw new KilnException("'" + name(input) + "' has no output '" + output + "'");
              }
              return found;
            });
    var isKnown =
        derivation.outputs().values().stream()
            .allMatch(output ->
                output instanceof DerivationOutput.InputAddressed
                    || output instanceof DerivationOutput.Fixed);
    if (derivation.isBasic() || isKnown) {
      return new Basic(path, basic);
    }
    var text = basic.aterm(store.storeDir());
    return new Basic(store.addText(basic.name() + ".drv", text, basic.references()), basic);
  }

  private SortedMap<String, StorePath> build(StorePath path, Derivation derivation)
      throws KilnException, InterruptedException {
    checkPlatform(path, derivation);
    jobs.acquire();
    try (var _ = store.lock(path, said::say)) {
      var known = valid(path, derivation);
      if (known.size() == derivation.outputs().size() && !options.mode().check()) {
        return known;
      }
      said.say("building '" + name(path) + "'...");
      return run(path, derivation);
    } catch (IOException e) {
      throw new KilnException("cannot build '" + name(path) + "'", null, e);
    } finally {
      jobs.release();
    }
  }

  private void checkPlatform(StorePath path, Derivation derivation) throws KilnException {
    var system = options.system();
    var attributes = new Attributes(derivation);
    var features = attributes.findWords("requiredSystemFeatures");
    if (options.mode().sandboxed() && attributes.has("__noChroot")) {
      throw new RealiseFailure(
          Kind.OTHER,
          "derivation '%s' has '__noChroot' set, which only --no-sandbox allows"
              .formatted(name(path)));
    }
    if (derivation.builder().toString().startsWith("builtin:")) {
      throw new RealiseFailure(
          Kind.BUILD, "'" + name(path) + "' wants " + derivation.builder() + ", a part of Nix");
    }
    if (!derivation.system().equals(system) || !FEATURES.containsAll(features.orElse(List.of()))) {
      throw new RealiseFailure(
          Kind.BUILD,
          "a '%s' with features {%s} is required to build '%s', but this is a '%s' with {%s}"
              .formatted(
                  derivation.system(),
                  String.join(", ", features.orElse(List.of())),
                  name(path),
                  system,
                  String.join(", ", new TreeSet<>(FEATURES))));
    }
  }

  private SortedMap<String, StorePath> run(StorePath path, Derivation derivation)
      throws KilnException, InterruptedException, IOException {
    var attempt = attempt(path, derivation);
    try {
      var ready = prepare(attempt.outputs(), attempt.built());
      return options.mode().check() ? compare(path, ready) : register(path, derivation, ready);
    } finally {
      for (var left : attempt.built().outputs().values()) {
        Trees.delete(Objects.requireNonNull(left.getParent()));
      }
    }
  }

  /// Builds a derivation whose inputs are valid again, and returns the trees by their paths. They
  /// are below staging directories, and not registered.
  SortedMap<StorePath, Path> remake(StorePath path) throws KilnException, InterruptedException {
    var derivation = DerivationFiles.read(store, path);
    var inputs = new TreeMap<StorePath, SortedMap<String, StorePath>>();
    for (var input : derivation.inputDerivations().keySet()) {
      inputs.put(input, DerivationFiles.outputs(store, input));
    }
    var basic = resolve(path, derivation, inputs);
    var trees = new TreeMap<StorePath, Path>();
    try (var _ = store.lock(basic.path(), said::say)) {
      var attempt = attempt(basic.path(), basic.derivation());
      for (var output : prepare(attempt.outputs(), attempt.built())) {
        trees.put(output.info().path(), output.tree());
      }
    } catch (IOException e) {
      throw new KilnException("cannot build '" + name(path) + "'", null, e);
    }
    return trees;
  }

  private record Attempt(Outputs outputs, BuildOutcome.Built built) {}

  private Attempt attempt(StorePath path, Derivation derivation)
      throws KilnException, InterruptedException {
    var closure = new StoreGraph(store).closure(derivation.inputSources());
    store.addTemporaryRoots(closure);
    var scratch = scratch(path, derivation);
    space.keep();
    var request = new ForeignRequest(store, derivation, scratch, closure, options).request();
    var one = new ForeignBuild(builder, options, path, name(path), said);
    var built = one.run(request, store.log(path), derivation.isFixed());
    return new Attempt(
        new Outputs(store, path, derivation, scratch, closure, unscanned(derivation)), built);
  }

  /// What cannot be an object is the builder's fault: exit 1.
  private static List<Output> prepare(Outputs outputs, BuildOutcome.Built built)
      throws KilnException, IOException {
    try {
      return outputs.prepare(built.outputs());
    } catch (RealiseFailure e) {
      throw e;
    } catch (KilnException e) {
      throw new RealiseFailure(Kind.OTHER, "" + e.getMessage(), e);
    }
  }

  private static Set<String> unscanned(Derivation derivation) throws KilnException {
    var names = new HashSet<String>();
    var json = new Attributes(derivation).findJson();
    var discarded = json.flatMap(one -> one.find("unsafeDiscardReferences"));
    if (discarded.isPresent()) {
      for (var output : discarded.get().asObject().entrySet()) {
        if (output.getValue().asBoolean()) {
          names.add(output.getKey());
        }
      }
    }
    return names;
  }

  /// Returns the paths that the builder writes to: the final ones where they are known.
  private SortedMap<String, StorePath> scratch(StorePath path, Derivation derivation)
      throws KilnException {
    var zeros = new Digest(HashAlgorithm.SHA256, new byte[HashAlgorithm.SHA256.size()]);
    var scratch = new TreeMap<String, StorePath>();
    for (var output : derivation.outputs().entrySet()) {
      var name = output.getKey();
      var known = output.getValue().findPath(store.storeDir(), derivation.name(), name);
      scratch.put(
          name,
          known.isPresent()
              ? known.get()
              : StorePaths.of(
                  store.storeDir(),
                  "rewrite:" + path.baseName() + ":name:" + name,
                  zeros,
                  StorePaths.outputName(derivation.name(), name)));
    }
    return scratch;
  }

  private SortedMap<String, StorePath> register(
      StorePath path, Derivation derivation, List<Output> ready) throws KilnException {
    var checks = new OutputChecks(store, new Attributes(derivation), ready);
    var outputs = new TreeMap<String, StorePath>();
    if (derivation.isFixed()) {
      var output = ready.getFirst();
      store.install(output.info(), output.tree());
      checkHash(path, derivation, output);
    }
    for (var output : ready) {
      checks.check(output);
      outputs.put(output.name(), output.info().path());
    }
    for (var output : ready) {
      store.install(output.info(), output.tree());
    }
    if (derivation.isFloating()) {
      store.register(new RealisationRecord(path, outputs, new TreeMap<>()));
    }
    return outputs;
  }

  /// What a fixed-output builder made stays valid under the path that it deserves.
  private void checkHash(StorePath path, Derivation derivation, Output output)
      throws KilnException {
    if (derivation.outputs().get(output.name()) instanceof DerivationOutput.Fixed fixed
        && !fixed.address().toString().equals(output.info().ca())) {
      var got = ContentAddress.parse("" + output.info().ca());
      throw new RealiseFailure(
          Kind.HASH_MISMATCH,
          "hash mismatch in fixed-output derivation '%s':\n         specified: %s\n            got:    %s"
              .formatted(name(path), fixed.address().hash().sri(), got.hash().sri()));
    }
  }

  private SortedMap<String, StorePath> compare(StorePath path, List<Output> ready)
      throws KilnException, IOException {
    var recorded = DerivationFiles.outputs(store, path);
    for (var output : ready) {
      var before = recorded.get(output.name());
      if (before == null || !store.requireInfo(before).narHash().equals(output.info().narHash())) {
        throw differs(path, before == null ? output.info().path() : before, output);
      }
    }
    return recorded;
  }

  private RealiseFailure differs(StorePath path, StorePath before, Output output)
      throws KilnException, IOException {
    var text =
        "derivation '%s' may not be deterministic: output '%s' differs"
            .formatted(name(path), store.physical(before));
    if (options.mode().keepFailed()) {
      var kept = store.physicalDirectory().resolve(before.baseName() + ".check");
      Trees.delete(kept);
      Files.move(output.tree(), kept);
      text += " from '" + kept + "'";
    }
    return new RealiseFailure(Kind.NOT_DETERMINISTIC, text);
  }
}
