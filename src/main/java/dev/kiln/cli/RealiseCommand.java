package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.store.DerivationFiles;
import dev.kiln.ops.store.LocalBuilders;
import dev.kiln.ops.store.MissingOutputs;
import dev.kiln.ops.store.ObjectArgument;
import dev.kiln.ops.store.RealiseListener;
import dev.kiln.ops.store.RealiseOperation;
import dev.kiln.ops.store.RealiseOptions;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// `store realise`: builds derivations of any origin.
final class RealiseCommand implements Command {
  private static final Flag SANDBOX_PATH =
      Flag.of(
          Flag.Arity.VALUES, "--sandbox-path", "IN[=OUT]", "Show builders a path of this machine");

  /// The flags that decide how builders run.
  static final List<Flag> BUILDING =
      List.of(
          SANDBOX_PATH,
          Flag.valued("-j, --jobs, --max-jobs", "N", "Run so many builders at a time"),
          Flag.valued("--cores", "N", "What builders find in NIX_BUILD_CORES"),
          Flag.valued("--timeout", "SECONDS", "Stop builders after this time"),
          Flag.valued("--max-silent-time", "SECONDS", "Stop builders that say nothing so long"),
          Flag.valued("--max-build-log-size", "BYTES", "Stop builders that say more"));

  @Override
  public Syntax syntax() {
    var flags = new ArrayList<>(BUILDING);
    flags.add(Flag.switched("--check", "Build again what is valid, and compare"));
    flags.add(Flag.switched("--dry-run", "Say what would be built"));
    flags.add(Flag.switched("-k, --keep-going", "Build all that can be built"));
    flags.add(Flag.switched("-K, --keep-failed", "Keep the directories of failed builds"));
    flags.add(Flag.switched("--no-build-output", "Do not show what builders write"));
    flags.add(Flag.valued("--add-root", "LINK", "Make a link that keeps the result"));
    flags.add(NixCall.PHYSICAL);
    return new Syntax(flags, Syntax.Operands.many("<DRV>...", 1));
  }

  /// One argument: a path, and of a derivation the outputs that are asked for (none: all).
  private record Wanted(StorePath path, List<String> outputs) {}

  @Override
  public int run(Invocation invocation) throws KilnException, UsageError, InterruptedException {
    var call = new NixCall(invocation);
    var store = call.store();
    var wanted = new ArrayList<Wanted>();
    for (var text : call.arguments().operands()) {
      wanted.add(wanted(call, store, text));
    }
    var derivations = wanted.stream().map(Wanted::path).filter(StorePath::isDerivation).toList();
    for (var one : wanted) {
      if (!one.path().isDerivation()) {
        store.requireInfo(one.path());
      } else {
        checkOutputs(store, one);
      }
    }
    if (call.has("--dry-run")) {
      sayMissing(call, store, MissingOutputs.derivations(store, derivations));
      return 0;
    }
    var result = operation(call, store).realise(derivations);
    for (var failure : result.failures()) {
      call.note("error: " + failure.getMessage());
    }
    print(call, store, wanted, result);
    return result.exitCode();
  }

  /// As Nix says it.
  private static void sayMissing(NixCall call, Store store, List<StorePath> missing) {
    if (missing.size() == 1) {
      call.note("this derivation will be built:");
    } else if (!missing.isEmpty()) {
      call.note("these %d derivations will be built:".formatted(missing.size()));
    }
    missing.forEach(path -> call.note("  " + store.storeDir().resolve(path)));
  }

  private static void checkOutputs(Store store, Wanted wanted) throws KilnException {
    var missing = new ArrayList<>(wanted.outputs());
    missing.removeAll(DerivationFiles.read(store, wanted.path()).outputs().keySet());
    if (!missing.isEmpty()) {
      throw new KilnException(
          "derivation '%s' does not have wanted outputs '%s'"
              .formatted(store.storeDir().resolve(wanted.path()), String.join("', '", missing)));
    }
  }

  private static Wanted wanted(NixCall call, Store store, String text) throws KilnException {
    var separator = Math.max(text.lastIndexOf('!'), text.lastIndexOf('^'));
    if (separator < 0 || !text.substring(0, separator).endsWith(".drv")) {
      return new Wanted(call.object(store, text).path(), List.of());
    }
    var path = ObjectArgument.parse(store, call.path("."), text.substring(0, separator)).path();
    var outputs = text.substring(separator + 1);
    return new Wanted(
        path, outputs.equals("*") ? List.of() : Arrays.asList(outputs.split(",", -1)));
  }

  static RealiseOperation operation(NixCall call, Store store)
      throws KilnException, UsageError, InterruptedException {
    var settings = call.invocation().settings();
    var builder = LocalBuilders.of(settings, store);
    return new RealiseOperation(store, builder, options(call), listener(call));
  }

  static RealiseListener listener(NixCall call) {
    var isQuiet = call.has("--no-build-output");
    return new RealiseListener() {
      @Override
      public synchronized void say(String line) {
        call.note(line);
      }

      @Override
      public synchronized void log(StorePath derivation, String line) {
        if (!isQuiet) {
          call.note(line);
        }
      }
    };
  }

  private static RealiseOptions options(NixCall call) throws KilnException, UsageError {
    var settings = call.invocation().settings();
    var processors = Runtime.getRuntime().availableProcessors();
    return new RealiseOptions(
        LocalBuilders.root(settings),
        RealiseOptions.system(System.getProperty("os.arch")),
        settings.environment(),
        sandboxPaths(call),
        number(call, "--max-jobs", processors),
        number(call, "--cores", processors),
        new RealiseOptions.Limits(
            number(call, "--timeout", 0),
            number(call, "--max-silent-time", 0),
            number(call, "--max-build-log-size", 0)),
        new RealiseOptions.Mode(
            call.has("--check"),
            call.has("--keep-going"),
            call.has("--keep-failed"),
            settings.choices().sandboxed()));
  }

  private static int number(NixCall call, String flag, int otherwise) throws UsageError {
    var text = call.arguments().find(flag).orElse("");
    if (!text.matches("\\d{0,9}")) {
      throw new UsageError("invalid value '%s' for '%s': no number".formatted(text, flag));
    }
    var number = text.isEmpty() ? 0 : Integer.parseInt(text);
    return number == 0 ? otherwise : number;
  }

  private static SortedMap<String, Path> sandboxPaths(NixCall call) throws KilnException {
    var paths = new TreeMap<String, Path>();
    for (var values : call.arguments().all("--sandbox-path")) {
      for (var value : values.trim().split("\\s+", -1)) {
        var equals = value.indexOf('=');
        var inside = equals < 0 ? value : value.substring(0, equals);
        if (!inside.startsWith("/")) {
          throw new KilnException(
              "'" + value + "' is no sandbox path", "give an absolute path: /bin/sh=/usr/bin/dash");
        }
        paths.put(inside, call.path(equals < 0 ? value : value.substring(equals + 1)));
      }
    }
    return paths;
  }

  private static void print(
      NixCall call, Store store, List<Wanted> wanted, RealiseOperation.Result result)
      throws KilnException {
    var number = 0;
    for (var one : wanted) {
      if (!one.path().isDerivation()) {
        call.out().println(call.shown(store, one.path()));
        continue;
      }
      var outputs = result.outputs().getOrDefault(one.path(), new TreeMap<>());
      number++;
      var lines = new TreeSet<String>(); // Nix prints a set of them
      for (var output : outputs.entrySet()) {
        if (one.outputs().isEmpty() || one.outputs().contains(output.getKey())) {
          var shown = call.shown(store, output.getValue());
          var root = addRoot(call, store, output.getKey(), output.getValue(), number);
          lines.add(root.map(Path::toString).orElse(shown));
        }
      }
      lines.forEach(call.out()::println);
    }
  }

  /// Makes the link that was asked for and returns it. Nix: `LINK`, `LINK-2`, …, and `-OUTPUT` for
  /// other outputs than `out`.
  private static Optional<Path> addRoot(
      NixCall call, Store store, String output, StorePath path, int number) throws KilnException {
    var given = call.arguments().find("--add-root");
    if (given.isEmpty()) {
      return Optional.empty();
    }
    var name =
        given.get() + (number > 1 ? "-" + number : "") + (output.equals("out") ? "" : "-" + output);
    var link = call.path(name);
    store.addIndirectRoot(link, path);
    return Optional.of(link);
  }
}
