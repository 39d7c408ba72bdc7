package dev.kiln.cli;

import dev.kiln.KilnException;
import dev.kiln.ops.store.CollectOperation;
import dev.kiln.ops.store.FileCacheOperation;
import dev.kiln.ops.store.RepairOperation;
import dev.kiln.store.GarbageCollector;
import dev.kiln.store.Optimiser;
import dev.kiln.store.Store;
import dev.kiln.store.Verifier;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;

/// The store's commands that look after it.
final class StoreCare {
  private StoreCare() {}

  static NixCommand gc() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.NONE,
            Flag.switched("--print-live", "Print what lives, delete nothing"),
            Flag.switched("--print-dead", "Print what is dead, delete nothing"),
            Flag.switched("--print-roots", "Print what keeps paths alive, delete nothing"),
            Flag.switched("--dry-run", "Say what would be deleted"),
            Flag.valued("--max-freed", "BYTES", "Stop when so much is freed (K, M, G, T)"),
            Flag.valued("--delete-older-than", "AGE", "Forget workspaces not built for AGE (30d)"),
            Flag.switched("--keep-outputs", "Keep the outputs of living derivations"),
            Flag.switched("--no-keep-derivations", "Let the derivers of living paths go"),
            NixCall.PHYSICAL),
        StoreCare::gc);
  }

  private static int gc(NixCall call) throws KilnException, UsageError, InterruptedException {
    var store = call.store();
    var operation = new CollectOperation(store);
    var collector = operation.collector();
    if (call.has("--print-roots")) {
      for (var root : collector.roots()) {
        call.printRaw(root.source() + " -> " + call.shown(store, root.path()));
      }
      return 0;
    }
    var options = options(call);
    if (call.has("--print-live") || call.has("--print-dead") || call.has("--dry-run")) {
      return survey(call, store, collector, options);
    }
    var age = call.arguments().find("--delete-older-than");
    if (age.isPresent()) {
      operation
          .forget(age.get(), call.invocation().world().clock())
          .forEach(name -> call.note("forgetting the workspace " + name));
    }
    freed(call, store, collector.collect(options));
    return 0;
  }

  private static GarbageCollector.Options options(NixCall call) throws KilnException {
    var most = call.arguments().find("--max-freed");
    return new GarbageCollector.Options(
        call.has("--keep-outputs"),
        !call.has("--no-keep-derivations"),
        most.isPresent() ? CollectOperation.bytes(most.get()) : Long.MAX_VALUE);
  }

  private static int survey(
      NixCall call, Store store, GarbageCollector collector, GarbageCollector.Options options)
      throws KilnException {
    var survey = collector.survey(options);
    if (call.has("--print-live")) {
      call.print(store, survey.live());
      return 0;
    }
    call.print(store, survey.dead());
    survey.junk().forEach(name -> call.out().println(shown(call, store, name)));
    if (call.has("--dry-run")) {
      call.note(
          "%d store paths would be deleted, %s MiB freed"
              .formatted(
                  survey.dead().size() + survey.junk().size(), mebibytes(collector.bytes(survey))));
    }
    return 0;
  }

  /// Returns what people see for a name in the store directory, which may be no store path's.
  private static String shown(NixCall call, Store store, String name) {
    var directory =
        call.has("--physical") ? store.physicalDirectory().toString() : store.storeDir().path();
    return directory + "/" + name;
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f", bytes / 1048576.0);
  }

  private static void freed(NixCall call, Store store, GarbageCollector.Freed freed) {
    freed.paths().forEach(path -> call.note("deleting '" + call.shown(store, path) + "'"));
    freed.junk().forEach(name -> call.note("deleting '" + shown(call, store, name) + "'"));
    call.out()
        .println(
            "%d store paths deleted, %s MiB freed"
                .formatted(freed.paths().size() + freed.junk().size(), mebibytes(freed.bytes())));
  }

  static NixCommand delete() {
    return new NixCommand(
        Syntax.of(
            Syntax.Operands.many("<PATH>...", 1),
            Flag.switched(
                "--ignore-liveness", "Delete what roots keep, but not what is referred to"),
            NixCall.PHYSICAL),
        StoreCare::delete);
  }

  private static int delete(NixCall call) throws KilnException, UsageError, InterruptedException {
    var store = call.store();
    var collector = new CollectOperation(store).collector();
    var paths = call.objects(store);
    var freed = GarbageCollector.Freed.NOTHING;
    try {
      freed = collector.delete(paths, call.has("--ignore-liveness"));
    } finally {
      freed(call, store, freed); // Nix tells it also where it refuses
    }
    return 0;
  }

  static NixCommand verify() {
    var flags = new ArrayList<>(RealiseCommand.BUILDING);
    flags.add(Flag.switched("--check-contents", "Hash everything again"));
    flags.add(Flag.switched("--repair", "Make again what is damaged"));
    flags.add(Flag.valued("--substituters", "URLS", "Binary caches to repair from (file:///DIR)"));
    return new NixCommand(
        new Syntax(flags, Syntax.Operands.many("[PATH]...", 0)), StoreCare::verify);
  }

  private static int verify(NixCall call) throws KilnException, UsageError, InterruptedException {
    var store = call.store();
    var verifier = new Verifier(store, call::note);
    Optional<Verifier.Remaker> remaker =
        call.has("--repair") ? Optional.of(remaker(call, store)) : Optional.empty();
    if (!call.arguments().operands().isEmpty()) {
      return verifier.verifyPaths(call.objects(store), remaker) ? 0 : Verb.NIX;
    }
    var isWhole = verifier.verify(call.has("--check-contents"), remaker);
    if (!isWhole) {
      call.note("warning: not all store errors were fixed");
    }
    return isWhole ? 0 : Verb.NIX;
  }

  private static Verifier.Remaker remaker(NixCall call, Store store)
      throws KilnException, UsageError, InterruptedException {
    var realise = RealiseCommand.operation(call, store);
    var caches = new ArrayList<FileCacheOperation>();
    for (var url : call.arguments().find("--substituters").orElse("").trim().split("\\s+", -1)) {
      if (!url.isEmpty()) {
        caches.add(StoreTransfers.cache(call, store, url));
      }
    }
    return new RepairOperation(store, realise, caches, RealiseCommand.listener(call)).remaker();
  }

  static NixCommand optimise() {
    return new NixCommand(
        Syntax.of(Syntax.Operands.NONE),
        call -> {
          var saved = new Optimiser(call.store(), call::note).optimise();
          call.note(
              "%s MiB freed by hard-linking %d files"
                  .formatted(mebibytes(saved.bytes()), saved.files()));
          return 0;
        });
  }
}
