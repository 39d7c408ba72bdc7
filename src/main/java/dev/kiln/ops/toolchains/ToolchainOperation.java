package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.ops.Settings;
import dev.kiln.ops.Surroundings;
import dev.kiln.store.Store;
import dev.kiln.toolchain.debian.LockedPackage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `kiln toolchain …`: what there is, what it is made of, and bringing it in.
public final class ToolchainOperation {
  private final Settings settings;
  private final EventSink events;
  private final ToolchainFiles files;
  private final HttpSettings http;

  public ToolchainOperation(Settings settings, EventSink events) throws KilnException {
    this.settings = settings;
    this.events = events;
    this.files = new ToolchainFiles(settings.cwd(), settings.places().config());
    this.http = HttpSettings.of(Surroundings.config(settings), settings.network().offline());
  }

  private DebianSupply require(String name) throws KilnException {
    files.require(name);
    return DebianSupply.find(settings, files, http, name, events).orElseThrow();
  }

  /// Returns a line for each toolchain.
  public List<String> list() throws KilnException {
    var lines = new ArrayList<String>();
    for (var name : files.names()) {
      lines.add(name + " (Debian packages)");
    }
    return lines;
  }

  /// Returns lines about a toolchain: its parts, what they weigh, and where its file is.
  public List<String> show(@Nullable String name) throws KilnException {
    var lines = new ArrayList<String>();
    for (var each : name == null ? files.names() : List.of(name)) {
      var toolchain = require(each).toolchain();
      lines.add(each + ": Debian packages, from " + files.require(each).place());
      lines.add(part("compiler", toolchain.rust()));
      lines.add(part("sysroot", toolchain.sysroot(List.of(), List.of())));
      for (var triple : toolchain.file().targets().keySet()) {
        var std = toolchain.std(triple);
        lines.add(
            std.isEmpty() ? "  " + triple + ": standard library from source" : part(triple, std));
      }
    }
    return lines;
  }

  private static String part(String what, Collection<LockedPackage> packages) {
    long size = packages.stream().mapToLong(LockedPackage::size).sum();
    return "  " + what + ": " + packages.size() + " packages, " + PackageTrees.megabytes(size);
  }

  /// Brings compiler and sysroot in, with what the targets need, and keeps them from being
  /// collected.
  public void install(String name, List<String> targets)
      throws KilnException, InterruptedException {
    var supply = require(name);
    supply.compiler();
    for (var target : targets) {
      if (!supply.toolchain().knows(target)) {
        throw new KilnException(
            "the toolchain `" + name + "` has nothing for " + target,
            "its targets are: " + String.join(", ", supply.toolchain().file().targets().keySet()));
      }
      if (supply.std(target).isEmpty()) {
        supply.library();
      }
    }
    supply.sysroot(targets, List.of());
    Store.open(settings.places().storeRoot(), settings.places().storeDir())
        .writeRootRecord(root(name), "", supply.used());
    events.accept(new BuildEvent.Status("Installed", "toolchain " + name));
  }

  private static String root(String name) {
    return "toolchain-" + name;
  }

  /// Pins the packages of a toolchain file anew.
  public void lock(String name) throws KilnException, InterruptedException {
    LockOperation.run(settings, files, http, name, events);
  }

  /// Lets the objects of a toolchain be collected.
  public void remove(String name) throws KilnException {
    var store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
    if (!store.dropRootRecord(root(name))) {
      throw new KilnException(
          "the toolchain `" + name + "` is not installed", "see `kiln toolchain list`");
    }
    events.accept(
        new BuildEvent.Status("Removed", "toolchain " + name + "; `kiln store gc` frees its room"));
  }
}
