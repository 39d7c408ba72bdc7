package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.builder.Beside;
import dev.kiln.builder.BuildRequest;
import dev.kiln.derivation.UnitText;
import dev.kiln.event.EventSink;
import dev.kiln.ops.store.DerivationFiles;
import dev.kiln.realise.Requests;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Opens a unit's sandbox to the user: what the unit sees, with its environment, in its directory.
/// What is made there is thrown away.
public final class ShellOperation {
  /// What is started where no command is given.
  private static final List<String> SHELL = List.of("/bin/sh", "-i");

  private ShellOperation() {}

  /// Runs a command, or a shell where it has no words, and returns its exit code.
  public static int run(Settings settings, String unit, List<String> command, EventSink events)
      throws KilnException, InterruptedException {
    var places = settings.places();
    var store = Store.open(places.storeRoot(), places.storeDir());
    var path = only(settings, store, unit);
    store.addTemporaryRoots(List.of(path));
    if (!store.isValid(path)) {
      throw unknown(unit);
    }
    var derivation = UnitText.read(DerivationFiles.read(store, path), store.storeDir());
    store.addTemporaryRoots(derivation.inputs().objects());
    for (var input : derivation.inputs().objects()) {
      if (!store.isValid(input)) {
        throw new KilnException(
            "%s, which `%s` sees, is no longer in the store".formatted(input, unit),
            "build the workspace again");
      }
    }
    var mounts = LastBuild.mounts(settings, path).orElseThrow(() -> unknown(unit));
    var request = new Requests(mounts.ambient(), mounts.sysroots()).of(derivation);
    var env = new TreeMap<>(request.env());
    Optional.ofNullable(settings.environment().get("TERM"))
        .ifPresent(term -> env.put("TERM", term));
    var entered =
        new BuildRequest(
            request.name(),
            command.isEmpty() ? SHELL : found(command),
            env,
            request.cwd(),
            request.mounts(),
            request.network());
    return Sandboxes.builder(settings, store, events).enter(entered, Beside.nothing());
  }

  /// Has a shell look a bare name up in the unit's own PATH.
  private static List<String> found(List<String> command) {
    if (command.getFirst().contains("/")) {
      return command;
    }
    var words = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$0\" \"$@\""));
    words.addAll(command);
    return words;
  }

  private static StorePath only(Settings settings, Store store, String unit) throws KilnException {
    var found = UnitNames.find(settings, store, unit);
    if (found.isEmpty()) {
      throw unknown(unit);
    }
    if (found.size() > 1) {
      throw new KilnException(
          "`%s` names %d units: %s"
              .formatted(
                  unit,
                  found.size(),
                  found.stream().map(StorePath::baseName).collect(Collectors.joining(", "))),
          "name one by the first characters of its hash, or as PKGSPEC/TARGET:MODE");
    }
    return found.first();
  }

  private static KilnException unknown(String unit) {
    return new KilnException(
        "no build on this machine had the unit `%s`".formatted(unit), UnitNames.HINT);
  }
}
