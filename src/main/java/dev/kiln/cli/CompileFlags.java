package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.BuildOptions;
import dev.kiln.plan.CompileOptions;
import dev.kiln.plan.CompileOptions.Filter;
import dev.kiln.plan.CompileOptions.Filter.Names;
import dev.kiln.plan.CompileOptions.Intent;
import dev.kiln.report.MessageFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The flags of Cargo's compiling commands and kiln's own beside them, and what they mean.
final class CompileFlags {
  private static final String PACKAGES = "Package Selection";
  private static final String TARGETS = "Target Selection";
  private static final String FEATURES = "Feature Selection";
  private static final String COMPILATION = "Compilation Options";
  private static final String RESULT = "Result Options";

  private CompileFlags() {}

  static final List<Flag> PACKAGE_FLAGS =
      grouped(
          PACKAGES,
          optional("-p, --package", "SPEC", "Package to work on (name, name@version, URL, glob)"),
          Flag.switched("--workspace", "All packages of the workspace"),
          Flag.of(Flag.Arity.VALUES, "--exclude", "SPEC", "Exclude packages (with --workspace)"),
          Flag.switched("--all", "Alias for --workspace (deprecated)"));

  static final List<Flag> TARGET_FLAGS =
      grouped(
          TARGETS,
          Flag.switched("--lib", "Only this package's library"),
          Flag.switched("--bins", "All binaries"),
          optional("--bin", "NAME", "Only the named binary"),
          Flag.switched("--examples", "All examples"),
          optional("--example", "NAME", "Only the named example"),
          Flag.switched("--tests", "All targets that have `test = true` set"),
          optional("--test", "NAME", "Only the named test target"),
          Flag.switched("--benches", "All targets that have `bench = true` set"),
          optional("--bench", "NAME", "Only the named bench target"),
          Flag.switched("--all-targets", "All targets"));

  static final List<Flag> FEATURE_FLAGS =
      grouped(
          FEATURES,
          Flag.of(
              Flag.Arity.VALUES,
              "-F, --features",
              "FEATURES",
              "Space or comma separated list of features to activate"),
          Flag.switched("--all-features", "Activate all available features"),
          Flag.switched("--no-default-features", "Do not activate the `default` feature"));

  static final List<Flag> PROFILE_FLAGS =
      grouped(
          COMPILATION,
          Flag.switched("-r, --release", "Build in release mode, with optimizations"),
          Flag.valued("--profile", "PROFILE-NAME", "Build with the specified profile"));

  static final List<Flag> COMPILATION_FLAGS =
      grouped(
          COMPILATION,
          Flag.valued("-j, --jobs", "N", "Number of parallel jobs, defaults to # of CPUs"),
          optional("--target", "TRIPLE", "Build for the target triple"),
          Flag.switched("--keep-going", "Build all that can be built in spite of errors"),
          Flag.switched("--ignore-rust-version", "Ignore `rust-version` in packages"),
          Flag.of(
              Flag.Arity.VALUES,
              "--message-format",
              "FMT",
              "human, short, json, json-diagnostic-short, json-diagnostic-rendered-ansi,"
                  + " json-render-diagnostics"),
          Flag.switched("--unit-graph", "Print the unit graph as JSON and stop"),
          Flag.switched("--dry-run", "Say what would be fetched, reused, built"),
          Flag.switched("--check", "Build once more what is built, and compare"),
          Flag.switched("--keep-failed", "Keep a failed unit's build directory"),
          Flag.valued("--report", "FILE", "Write a report of all units as JSON"),
          Flag.of(
              Flag.Arity.ATTACHED_VALUE, "--timings", "FILE", "Write an HTML page of the build"));

  static final List<Flag> RESULT_FLAGS =
      grouped(
          RESULT,
          Flag.valued("--out-link", "PATH", "Where the link to the result goes [./result]"),
          Flag.switched("--no-out-link", "Make no link to the result"),
          Flag.switched("--print-out-paths", "Print the result's physical path"));

  /// Cargo's flags that have no meaning here, and why.
  private static final Map<String, String> REFUSED =
      new TreeMap<>(
          Map.of(
              "--target-dir",
              "kiln writes no target directory: results lie in the store; see `--out-link`",
              "--artifact-dir",
              "kiln copies no artifacts: results lie in the store; see `--out-link`",
              "--future-incompat-report",
              "kiln keeps no future-incompatibility reports"));

  /// Flags of kiln's that are for later.
  private static final List<String> LATER = List.of("--timings");

  /// Accepted by the parser, so that [#refuse] can say more than `unexpected argument`.
  static final List<Flag> REFUSED_FLAGS =
      grouped(
          "Not Supported",
          Flag.valued("--target-dir", "DIRECTORY", "Refused: there is no target directory"),
          Flag.valued("--artifact-dir", "PATH", "Refused: results lie in the store"),
          Flag.switched("--future-incompat-report", "Refused: there are no such reports"));

  /// Returns what the command line says about a compiling command.
  static CompileOptions compile(Intent intent, Arguments arguments)
      throws KilnException, UsageError {
    refuse(arguments);
    return new CompileOptions(
        intent,
        packages(arguments),
        filter(arguments),
        new CompileOptions.Features(
            features(arguments.all("--features")),
            arguments.has("--all-features"),
            arguments.has("--no-default-features")),
        profile(arguments),
        targets(arguments),
        arguments.has("--ignore-rust-version"));
  }

  static BuildOptions build(CompileOptions compile, Invocation invocation)
      throws KilnException, UsageError {
    var arguments = invocation.arguments();
    var report = arguments.find("--report");
    var timings = arguments.find("--timings");
    return new BuildOptions(
        compile,
        result(compile.intent(), invocation),
        new BuildOptions.Way(
            arguments.has("--dry-run"),
            arguments.has("--check"),
            arguments.has("--keep-going"),
            arguments.has("--keep-failed")),
        new BuildOptions.Pages(
            messageFormat(arguments.all("--message-format")),
            report.isPresent() ? invocation.path(report.get()) : null,
            timings.isPresent(),
            timings.isPresent() && !timings.get().isEmpty()
                ? invocation.path(timings.get())
                : null));
  }

  private static BuildOptions.Result result(Intent intent, Invocation invocation)
      throws KilnException, UsageError {
    var arguments = invocation.arguments();
    conflict(arguments, "--out-link <PATH>", "--no-out-link");
    if (arguments.has("--no-out-link")) {
      return BuildOptions.Result.NONE;
    }
    var link = arguments.find("--out-link");
    if (link.isPresent()) {
      return new BuildOptions.Result(invocation.path(link.get()));
    }
    return intent == Intent.BUILD
        ? new BuildOptions.Result(invocation.path("result"))
        : BuildOptions.Result.NONE;
  }

  /// Rejects two options, given as help shows them, beside each other: the first of the command
  /// line is complained of, as clap does.
  static void conflict(Arguments arguments, String one, String other) throws UsageError {
    var name = one.replaceFirst(" .*", "");
    var otherName = other.replaceFirst(" .*", "");
    if (arguments.has(name) && arguments.has(otherName)) {
      var order = List.copyOf(arguments.options().keySet());
      boolean isFirst = order.indexOf(name) < order.indexOf(otherName);
      throw new UsageError(
          "the argument '%s' cannot be used with '%s'"
              .formatted(isFirst ? one : other, isFirst ? other : one));
    }
  }

  private static void refuse(Arguments arguments) throws UsageError {
    for (var later : LATER) {
      if (arguments.has(later)) {
        throw new UsageError("`%s` is not in kiln %s yet".formatted(later, Kiln.VERSION));
      }
    }
    for (var refused : REFUSED.entrySet()) {
      if (arguments.has(refused.getKey())) {
        throw new UsageError(
            "`%s` is not supported: %s".formatted(refused.getKey(), refused.getValue()));
      }
    }
  }

  private static CompileOptions.Packages packages(Arguments arguments) throws KilnException {
    var workspace = arguments.has("--workspace") || arguments.has("--all");
    var exclude = arguments.all("--exclude");
    if (!exclude.isEmpty() && !workspace) {
      throw new KilnException("--exclude can only be used together with --workspace");
    }
    var specs = arguments.all("--package");
    if (specs.equals(List.of(""))) {
      throw new KilnException(
          "\"--package <SPEC>\" requires a SPEC format value, which can be any package ID"
              + " specifier in the dependency graph.");
    }
    return new CompileOptions.Packages(
        specs.stream().filter(spec -> !spec.isEmpty()).toList(), workspace, exclude);
  }

  private static Filter filter(Arguments arguments) throws KilnException {
    return new Filter(
        arguments.has("--lib") ? Filter.Lib.REQUIRED : Filter.Lib.NONE,
        names(arguments, "--bins", "--bin"),
        names(arguments, "--examples", "--example"),
        names(arguments, "--tests", "--test"),
        names(arguments, "--benches", "--bench"),
        arguments.has("--all-targets"));
  }

  private static Names names(Arguments arguments, String all, String one) throws KilnException {
    var names = arguments.all(one);
    if (names.contains("")) {
      throw new KilnException(
          "\"%s\" takes one argument.".formatted(one),
          "name the target; `kiln plan` shows the units, target by target");
    }
    return new Names(arguments.has(all), names);
  }

  /// Cargo: `split_features`.
  private static List<String> features(List<String> values) {
    return values.stream()
        .flatMap(value -> Arrays.stream(value.split("[\\s,]+", -1)))
        .filter(feature -> !feature.isEmpty())
        .toList();
  }

  private static @Nullable String profile(Arguments arguments) throws UsageError, KilnException {
    conflict(arguments, "--release", "--profile <PROFILE-NAME>");
    if (arguments.has("--release")) {
      return "release";
    }
    var name = arguments.find("--profile").orElse(null);
    if ("doc".equals(name)) {
      throw new KilnException(
          "profile `doc` is reserved and not allowed to be explicitly specified");
    }
    return name;
  }

  private static List<String> targets(Arguments arguments) throws KilnException {
    var targets = arguments.all("--target");
    if (targets.contains("") && !arguments.leftOut().contains("--target")) {
      throw new KilnException("target was empty");
    }
    if (targets.contains("")) {
      throw new KilnException(
          "\"--target\" takes a target architecture as an argument.",
          "run `rustc --print target-list` to see possible targets");
    }
    return targets;
  }

  /// Cargo: `ArgMatchesExt::compile_options`, the loop over `message-format`.
  static MessageFormat messageFormat(List<String> values) throws UsageError, KilnException {
    MessageFormat format = null;
    for (var value : values.stream().flatMap(v -> Stream.of(v.split(",", -1))).toList()) {
      var word = value.toLowerCase(Locale.ROOT);
      var base =
          switch (word) {
            case "human" -> MessageFormat.HUMAN;
            case "short" -> MessageFormat.SHORT;
            case "json" -> MessageFormat.JSON;
            case "json-render-diagnostics",
                "json-diagnostic-short",
                "json-diagnostic-rendered-ansi" ->
                format == null ? MessageFormat.JSON : format;
            default ->
                throw new UsageError(
                    "invalid value '%s' for '--message-format <FMT>'".formatted(value),
                    "possible values: human, short, json, json-diagnostic-short,"
                        + " json-diagnostic-rendered-ansi, json-render-diagnostics");
          };
      var isBase = !word.startsWith("json-");
      if (isBase ? format != null : !base.json()) {
        throw new KilnException("cannot specify two kinds of `message-format` arguments");
      }
      format =
          new MessageFormat(
              base.json(),
              base.shortRendered() || word.equals("json-diagnostic-short"),
              base.ansi() || word.equals("json-diagnostic-rendered-ansi"),
              base.renderDiagnostics() || word.equals("json-render-diagnostics"));
    }
    return format == null ? MessageFormat.HUMAN : format;
  }

  static Syntax syntax(Syntax.Operands operands, List<List<Flag>> flags) {
    return new Syntax(
        Stream.concat(flags.stream(), Stream.of(REFUSED_FLAGS)).flatMap(List::stream).toList(),
        operands);
  }

  static List<Flag> only(List<Flag> flags, String... names) {
    return flags.stream().filter(flag -> List.of(names).contains(flag.longName())).toList();
  }

  static List<Flag> without(List<Flag> flags, String... names) {
    return flags.stream().filter(flag -> !List.of(names).contains(flag.longName())).toList();
  }

  private static Flag optional(String names, String label, String about) {
    return Flag.of(Flag.Arity.OPTIONAL_VALUES, names, label, about);
  }

  private static List<Flag> grouped(String group, Flag... flags) {
    return Stream.of(flags).map(flag -> flag.in(group)).toList();
  }
}
