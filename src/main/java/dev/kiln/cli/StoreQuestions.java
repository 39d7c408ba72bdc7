package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.store.CollectOperation;
import dev.kiln.ops.store.DerivationFiles;
import dev.kiln.ops.store.GraphOperation;
import dev.kiln.ops.store.ListOperation;
import dev.kiln.ops.store.PathInfoOperation;
import dev.kiln.store.Store;
import dev.kiln.store.StoreGraph;
import dev.kiln.store.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The store's commands that only ask.
final class StoreQuestions {
  private static final List<Flag> QUERIES =
      List.of(
          Flag.switched("--references", "What the paths refer to"),
          Flag.switched("--referrers", "What refers to the paths"),
          Flag.switched("-R, --requisites", "The paths and all they refer to, indirectly too"),
          Flag.switched("--referrers-closure", "The paths and all that refer to them"),
          Flag.switched("--deriver", "The derivation that made each path"),
          Flag.switched("--outputs", "The outputs of each derivation"),
          Flag.switched("--roots", "What keeps the paths from being collected"),
          Flag.switched("--tree", "The references as a tree"),
          Flag.switched("--graph", "The references in Graphviz's language"),
          Flag.switched("--size", "The size of each path's NAR"),
          Flag.switched("--hash", "The hash of each path's NAR"),
          Flag.valued("-b, --binding", "NAME", "A variable of each path's derivation"));

  /// What can be asked of paths that are not valid too, as in Nix.
  private static final Set<String> OF_ANY =
      Set.of("--referrers", "--referrers-closure", "--outputs", "--roots");

  /// What is asked of a derivation itself, whatever `--use-output` says.
  private static final Set<String> OF_ITSELF = Set.of("--deriver", "--tree", "--binding");

  private StoreQuestions() {}

  static NixCommand pathInfo() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.many("<PATH>...", 0),
            NixCall.ALL,
            Flag.switched("--json", "Print all that is known, as JSON"),
            Flag.switched("-r, --recursive", "Take the closure of the paths"),
            Flag.switched("-s, --size", "Print the size of each NAR"),
            Flag.switched("-S, --closure-size", "Print the size of each closure"),
            Flag.switched("-h, --human-readable", "Print sizes in K, M, G"),
            Flag.switched("--help", "Print help"),
            Flag.switched("--sigs", "Print the signatures and what counts as one"),
            NixCall.PHYSICAL),
        StoreQuestions::pathInfo);
  }

  private static int pathInfo(NixCall call) throws KilnException, UsageError {
    var store = call.storeForReading();
    var operation = new PathInfoOperation(store);
    var given = call.objects(store);
    if (call.has("--json")) {
      call.refuseTogether("--json", "--physical");
      var paths = call.has("--recursive") ? operation.paths(given, true) : given;
      call.out().print(operation.json(new TreeSet<>(paths), call.has("--closure-size")).compact());
      return 0;
    }
    var paths = operation.paths(given, call.has("--recursive"));
    var columns = call.has("--size") || call.has("--closure-size") || call.has("--sigs");
    var lengths = paths.stream().mapToInt(path -> call.shown(store, path).length());
    var width = columns ? lengths.max().orElse(0) : 0;
    var lines = new StringBuilder();
    for (var path : paths) {
      var info = operation.info(path);
      var shown = call.shown(store, path);
      lines.append(shown).repeat(' ', Math.max(0, width - shown.length()));
      if (call.has("--size")) {
        lines.append(size(call, info.narSize()));
      }
      if (call.has("--closure-size")) {
        lines.append(size(call, operation.closureSize(path)));
      }
      if (call.has("--sigs")) {
        lines.append('\t').append(String.join(" ", PathInfoOperation.proofs(info)));
      }
      lines.append('\n');
    }
    call.out().print(lines);
    return 0;
  }

  private static String size(NixCall call, long bytes) {
    if (!call.has("--human-readable")) {
      return "\t%11d".formatted(bytes);
    }
    var power = 0;
    var shown = (double) bytes;
    for (; shown > 1024; shown /= 1024) {
      power++;
    }
    return "\t%6.1f%c".formatted(shown, " KMGTPE".charAt(power));
  }

  static NixCommand query() {
    var flags = new ArrayList<>(QUERIES);
    flags.add(Flag.switched("-u, --use-output", "Take a derivation's outputs for it"));
    flags.add(Flag.switched("--include-outputs", "With --requisites, the outputs too"));
    flags.add(NixCall.PHYSICAL);
    return new NixCommand(
        new Syntax(flags, Syntax.Operands.many("<PATH>...", 1)), StoreQuestions::query);
  }

  private static int query(NixCall call) throws KilnException, UsageError {
    var asked = QUERIES.stream().map(Flag::longName).filter(call::gives).toList();
    if (asked.size() > 1) {
      throw new UsageError(
          "only one query can be made at a time",
          "one of: " + String.join(", ", QUERIES.stream().map(Flag::longName).toList()));
    }
    if (call.has("--graph")) {
      call.refuseTogether("--graph", "--physical"); // its names are no paths
    }
    var query = asked.isEmpty() ? "--outputs" : asked.getFirst();
    var store = call.storeForReading();
    var objects = call.objects(store);
    var paths = OF_ITSELF.contains(query) ? objects : outputsFor(call, store, objects);
    for (var path : OF_ANY.contains(query) ? List.<StorePath>of() : paths) {
      store.requireInfo(path);
    }
    switch (query) {
      case "--deriver" -> derivers(call, store, paths);
      case "--outputs" -> outputs(call, store, paths);
      case "--roots" -> {
        for (var root : new CollectOperation(call.store()).rootsOf(paths)) {
          call.printRaw(root.source() + " -> " + call.shown(store, root.path()));
        }
      }
      case "--tree" -> {
        var graph = new GraphOperation(store);
        for (var path : paths) {
          call.out().print(graph.tree(path, one -> call.shown(store, one)));
        }
      }
      case "--graph" -> call.out().print(new GraphOperation(store).dot(paths));
      case "--binding" -> bindings(call, store, paths);
      case "--size", "--hash" -> facts(call, store, paths);
      default -> sets(call, store, paths, query);
    }
    return 0;
  }

  private static Collection<StorePath> outputsOf(Store store, StorePath path) throws KilnException {
    return path.isDerivation() ? DerivationFiles.allOutputs(store, path) : List.of(path);
  }

  private static List<StorePath> outputsFor(NixCall call, Store store, List<StorePath> paths)
      throws KilnException {
    if (!call.has("--use-output")) {
      return paths;
    }
    var used = new ArrayList<StorePath>();
    for (var path : paths) {
      used.addAll(outputsOf(store, path));
    }
    return used;
  }

  private static void sets(NixCall call, Store store, List<StorePath> paths, String query)
      throws KilnException {
    var graph = new StoreGraph(store);
    var found = new TreeSet<StorePath>();
    switch (query) {
      case "--requisites" -> {
        found.addAll(graph.closure(paths));
        if (call.has("--include-outputs")) {
          for (var path : List.copyOf(found)) {
            found.addAll(graph.closure(DerivationFiles.validOutputs(store, path)));
          }
        }
      }
      case "--referrers-closure" -> found.addAll(graph.referrersClosure(paths));
      default -> {
        for (var path : paths) {
          found.addAll(
              query.equals("--references") ? graph.info(path).references() : graph.referrers(path));
        }
      }
    }
    call.print(store, graph.sorted(found));
  }

  private static void derivers(NixCall call, Store store, Collection<StorePath> paths)
      throws KilnException {
    for (var path : paths) {
      var deriver = store.requireInfo(path).deriver();
      call.out().println(deriver == null ? "unknown-deriver" : call.shown(store, deriver));
    }
  }

  private static void outputs(NixCall call, Store store, Collection<StorePath> paths)
      throws KilnException {
    for (var path : paths) {
      call.print(store, outputsOf(store, path));
    }
  }

  private static void bindings(NixCall call, Store store, Collection<StorePath> paths)
      throws KilnException {
    var name = call.arguments().find("--binding").orElse("");
    for (var path : paths) {
      call.out().writeBytes(DerivationFiles.variable(store, path, name).bytes());
      call.out().println();
    }
  }

  private static void facts(NixCall call, Store store, Collection<StorePath> paths)
      throws KilnException {
    for (var path : paths) {
      var info = store.requireInfo(path);
      call.out().println(call.has("--size") ? info.narSize() + "" : info.narHash().prefixedNix32());
    }
  }

  static NixCommand list() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.exactly("<PATH>", 1),
            Flag.switched("--json", "Print a NAR listing"),
            Flag.switched("-R, --recursive", "List subdirectories too"),
            Flag.switched("-d, --directory", "Show a directory itself, not what is in it"),
            Flag.switched("-l, --long", "Show modes and sizes")),
        StoreQuestions::list);
  }

  private static int list(NixCall call) throws KilnException, UsageError {
    var store = call.storeForReading();
    var text = call.arguments().operands().getFirst();
    var operation = new ListOperation(store, call.object(store, text), text);
    if (call.has("--json")) {
      call.printRaw(operation.json(call.has("--recursive")).compact());
      return 0;
    }
    if (call.has("--directory")) {
      call.printRaw(operation.line(call.has("--long")));
      return 0;
    }
    operation.lines(call.has("--recursive"), call.has("--long")).forEach(call::printRaw);
    return 0;
  }

  static NixCommand cat() {
    return new NixCommand(Syntax.of(Syntax.Operands.exactly("<PATH>", 1)), StoreQuestions::cat);
  }

  private static int cat(NixCall call) throws KilnException, UsageError, IOException {
    var store = call.storeForReading();
    var text = call.arguments().operands().getFirst();
    var object = call.object(store, text);
    store.requireInfo(object.path());
    var file = object.physical(store);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new KilnException(
          Files.exists(file, LinkOption.NOFOLLOW_LINKS)
              ? "path '" + text + "' is not a regular file"
              : "path '" + text + "' does not exist");
    }
    Files.copy(file, call.out());
    return 0;
  }
}
