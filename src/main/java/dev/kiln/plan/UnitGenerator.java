package dev.kiln.plan;

import dev.kiln.KilnException;
import dev.kiln.manifest.Package;
import dev.kiln.manifest.Target;
import dev.kiln.manifest.TargetKind;
import dev.kiln.plan.CompileOptions.Filter;
import dev.kiln.plan.CompileOptions.Filter.Lib;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.resolve.Closest;
import dev.kiln.resolve.FeatureSpace;
import dev.kiln.resolve.Glob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The units that were asked for (Cargo: cargo_compile/unit_generator.rs; cargo-build.md §6.2).
final class UnitGenerator {
  /// A target that a flag, or the lack of flags, may mean; where `strict`, lacking features are an
  /// error, else it is left out.
  private record Proposal(Package pkg, Target target, boolean strict, CompileMode mode) {}

  private final PlanInput input;
  private final Draft.Pool pool;
  private final Consumer<String> warnings;
  private final Filter filter;
  private final CompileMode mode;

  UnitGenerator(PlanInput input, Draft.Pool pool, Consumer<String> warnings) {
    this.input = input;
    this.pool = pool;
    this.warnings = warnings;
    this.filter = input.options().filter();
    this.mode = input.mode();
  }

  /// Returns the root units, in Cargo's order.
  List<Draft> roots() throws KilnException {
    var roots = new LinkedHashSet<Draft>();
    var features = new HashMap<Package, SortedSet<String>>();
    var proposals = proposals();
    for (var proposal : proposals) {
      if (isAvailable(proposal, features)) {
        roots.addAll(units(proposal));
      }
    }
    if (roots.isEmpty()) {
      warnOfNothing();
    }
    return roots.stream().sorted(UnitOrder.DRAFTS).toList();
  }

  private boolean isAvailable(Proposal proposal, Map<Package, SortedSet<String>> features)
      throws KilnException {
    var required = proposal.target().requiredFeatures();
    if (required == null) {
      return true;
    }
    RequiredFeatures.validate(input, proposal.pkg(), proposal.target(), warnings);
    if (proposal.target().isLib()) {
      return true;
    }
    var active =
        features.computeIfAbsent(
            proposal.pkg(),
            pkg -> input.allFeatures(pkg.id(), PlanInput.needsDev(input.options())));
    if (active.containsAll(required)) {
      return true;
    }
    if (proposal.strict()) {
      var quoted = required.stream().map(feature -> "`" + feature + "`").toList();
      throw new KilnException(
          "target `"
              + proposal.target().name()
              + "` in package `"
              + proposal.pkg().name()
              + "` requires the features: "
              + String.join(", ", quoted)
              + "\nConsider enabling them by passing, e.g., `--features=\""
              + String.join(" ", required)
              + "\"`");
    }
    return false;
  }

  private List<Draft> units(Proposal proposal) {
    var target = proposal.target();
    var mode = proposal.mode();
    boolean onlyBuilt =
        mode == CompileMode.TEST
            && target.kind() == TargetKind.EXAMPLE
            && isUnfiltered()
            && !target.flags().test();
    var unitMode = onlyBuilt ? CompileMode.BUILD : mode;
    var features =
        input.features().features(proposal.pkg().id(), FeatureSpace.of(target.isProcMacro()));
    var units = new ArrayList<Draft>();
    for (var requested : input.facts().requested()) {
      var kind = requested.isHost() ? input.explicitHost() : requested;
      var unitFor = purpose(mode, target, kind);
      units.add(
          pool.of(
              proposal.pkg(),
              target,
              input.profile(proposal.pkg(), unitFor, kind),
              UnitDependencies.kindFor(kind, target),
              unitMode,
              features,
              0));
    }
    return units;
  }

  private static UnitFor purpose(CompileMode mode, Target target, CompileKind kind) {
    boolean unwinds =
        mode.isRustcTest() || mode == CompileMode.DOCTEST || UnitFor.isForHost(target);
    return unwinds ? UnitFor.test(kind) : UnitFor.normal(kind);
  }

  private boolean isUnfiltered() {
    return filter.equals(Filter.NONE);
  }

  private List<Proposal> proposals() throws KilnException {
    return isUnfiltered() && mode != CompileMode.DOCTEST ? byDefault() : filtered();
  }

  private List<Proposal> byDefault() {
    var proposals = new ArrayList<Proposal>();
    // `run` must not leave out the one program it is to run
    boolean strict = input.options().intent() == Intent.RUN;
    for (var pkg : input.selected()) {
      for (var target : pkg.targets()) {
        if (isDefault(pkg, target)) {
          proposals.add(new Proposal(pkg, target, strict, mode));
        }
      }
      var lib = pkg.lib();
      if (input.options().intent() == Intent.TEST
          && lib != null
          && lib.flags().doctest()
          && isDoctestable(lib)) {
        proposals.add(new Proposal(pkg, lib, false, CompileMode.DOCTEST));
      }
    }
    return proposals;
  }

  private boolean isDefault(Package pkg, Target target) {
    return switch (input.options().intent()) {
      case BENCH -> target.flags().bench();
      case TEST -> target.flags().test() || target.kind() == TargetKind.EXAMPLE;
      case BUILD, CHECK, RUN, INSTALL -> target.isBin() || target.isLib();
      // a program with the library's name would overwrite its pages
      case DOC, DOC_WITHOUT_DEPS, DOCTEST ->
          target.flags().doc() && !(target.isBin() && isNamedLikeLib(pkg, target));
    };
  }

  private static boolean isNamedLikeLib(Package pkg, Target bin) {
    var lib = pkg.lib();
    return lib != null && lib.crateName().equals(bin.crateName());
  }

  private static boolean isDoctestable(Target lib) {
    return lib.crateTypes().stream()
        .anyMatch(type ->
            switch (type) {
              case "lib", "rlib", "proc-macro" -> true;
              default -> false;
            });
  }

  private List<Proposal> filtered() throws KilnException {
    var proposals = new ArrayList<Proposal>();
    boolean all = filter.allTargets();
    var lib = mode == CompileMode.DOCTEST ? Lib.REQUIRED : all ? Lib.IF_ANY : filter.lib();
    if (lib != Lib.NONE) {
      proposals.addAll(libs(lib == Lib.REQUIRED));
    }
    var testMode =
        switch (mode) {
          case BUILD -> CompileMode.TEST;
          case CHECK -> CompileMode.CHECK_TEST;
          default -> mode;
        };
    addNamed(proposals, filter.bins(), all, "bin", Target::isBin, mode);
    addNamed(
        proposals,
        filter.examples(),
        all,
        "example",
        target -> target.kind() == TargetKind.EXAMPLE,
        mode);
    boolean everyTest = filter.tests().all() || all;
    addNamed(
        proposals,
        filter.tests(),
        all,
        "test",
        everyTest ? target -> target.flags().test() : target -> target.kind() == TargetKind.TEST,
        testMode);
    boolean everyBench = filter.benches().all() || all;
    addNamed(
        proposals,
        filter.benches(),
        all,
        "bench",
        everyBench ? target -> target.flags().bench() : target -> target.kind() == TargetKind.BENCH,
        testMode);
    return proposals;
  }

  private List<Proposal> libs(boolean required) throws KilnException {
    var libs = new ArrayList<Proposal>();
    for (var pkg : input.selected()) {
      var lib = pkg.lib();
      if (lib == null) {
        continue;
      }
      if (mode == CompileMode.DOCTEST && !isDoctestable(lib)) {
        warnings.accept(
            "doc tests are not supported for crate type(s) `"
                + String.join(", ", lib.crateTypes())
                + "` in package `"
                + pkg.name()
                + "`");
      } else {
        libs.add(new Proposal(pkg, lib, false, mode));
      }
    }
    if (libs.isEmpty() && required) {
      var names = input.selected().stream().map(Package::name).toList();
      throw new KilnException(
          names.size() == 1
              ? "no library targets found in package `" + names.getFirst() + "`"
              : "no library targets found in packages: " + String.join(", ", names));
    }
    return libs;
  }

  private void addNamed(
      List<Proposal> proposals,
      Filter.Names names,
      boolean all,
      String word,
      Predicate<Target> isKind,
      CompileMode mode)
      throws KilnException {
    if (names.all() || all) {
      proposals.addAll(matching(isKind, false, mode));
      return;
    }
    for (var name : names.names()) {
      proposals.addAll(named(name, word, isKind, mode));
    }
  }

  private List<Proposal> matching(Predicate<Target> predicate, boolean strict, CompileMode mode) {
    var proposals = new ArrayList<Proposal>();
    for (var pkg : input.selected()) {
      for (var target : pkg.targets()) {
        if (predicate.test(target)) {
          proposals.add(new Proposal(pkg, target, strict, mode));
        }
      }
    }
    return proposals;
  }

  private List<Proposal> named(String name, String word, Predicate<Target> isKind, CompileMode mode)
      throws KilnException {
    Predicate<String> isMeant =
        Glob.isPattern(name) ? Glob.parse(name)::matches : other -> other.equals(name);
    var proposals =
        matching(target -> isKind.test(target) && isMeant.test(target.name()), true, mode);
    if (proposals.isEmpty()) {
      throw notFound(name, word, isKind);
    }
    return proposals;
  }

  private KilnException notFound(String name, String word, Predicate<Target> isKind) {
    var here = new TreeSet<String>();
    matching(isKind, true, mode).forEach(proposal -> here.add(proposal.target().name()));
    var message =
        "no "
            + word
            + " target "
            + (Glob.isPattern(name) ? "matches pattern" : "named")
            + " `"
            + name
            + "` in "
            + searched();
    var close = Closest.to(name, here);
    var hints = new ArrayList<String>();
    if (close != null) {
      hints.add("a target with a similar name exists: `" + close + "`");
    } else if (!here.isEmpty()) {
      hints.add("available " + word + " targets:\n    " + String.join("\n    ", here));
    }
    elsewhere(isKind)
        .forEach((pkg, names) ->
            hints.add(
                "available "
                    + word
                    + " in `"
                    + pkg
                    + "` package:\n    "
                    + String.join("\n    ", names)));
    return new KilnException(message, hint(hints));
  }

  private static @Nullable String hint(List<String> hints) {
    return hints.isEmpty() ? null : String.join("\n", hints);
  }

  private String searched() {
    var packages = input.options().packages();
    if (packages.workspace() || packages.specs().isEmpty()) {
      return "default-run packages";
    }
    var first = "`" + packages.specs().getFirst() + "`";
    return packages.specs().size() == 1 ? first + " package" : first + ", ... packages";
  }

  private Map<String, List<String>> elsewhere(Predicate<Target> isKind) {
    var elsewhere = new TreeMap<String, List<String>>();
    for (var member : input.members().all()) {
      boolean selected = input.selected().stream().anyMatch(pkg -> pkg.id().equals(member.id()));
      var names = member.targets().stream().filter(isKind).map(Target::name).sorted().toList();
      if (!selected && !names.isEmpty()) {
        elsewhere.put(member.name(), names);
      }
    }
    return elsewhere;
  }

  private void warnOfNothing() {
    if (isUnfiltered()) {
      return;
    }
    var words = new ArrayList<String>();
    if (filter.allTargets()) {
      words.add("`all-targets`");
    } else {
      addWord(words, filter.bins(), "`bins`");
      addWord(words, filter.tests(), "`tests`");
      addWord(words, filter.examples(), "`examples`");
      addWord(words, filter.benches(), "`benches`");
    }
    warnings.accept(
        "target "
            + (words.size() > 1 ? "filters " : "filter ")
            + String.join(", ", words)
            + " specified, but no targets matched; this is a no-op");
  }

  private static void addWord(List<String> words, Filter.Names names, String word) {
    if (names.all()) {
      words.add(word);
    }
  }
}
