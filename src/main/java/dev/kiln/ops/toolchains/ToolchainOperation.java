package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.memo.Memo;
import dev.kiln.ops.Runners;
import dev.kiln.ops.Settings;
import dev.kiln.ops.Surroundings;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.RustcChoice;
import dev.kiln.toolchain.RustcFinder;
import dev.kiln.toolchain.ToolchainImport;
import dev.kiln.toolchain.debian.LockedPackage;
import dev.kiln.toolchain.dist.DistFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// `kiln toolchain …`: what there is, what it is made of, and bringing it in.
public final class ToolchainOperation {
  private static final String CHANNEL =
      "(stable|beta|nightly)(-[0-9]{4}-[0-9]{2}-[0-9]{2})?|[0-9]+\\.[0-9]+(\\.[0-9]+(-beta\\.[0-9]+)?)?";

  private final Settings settings;
  private final EventSink events;
  private final ToolchainFiles files;
  private final HttpSettings http;
  private final Supplies supplies;
  private final Store store;

  public ToolchainOperation(Settings settings, EventSink events) throws KilnException {
    this.settings = settings;
    this.events = events;
    this.files = new ToolchainFiles(settings.cwd(), settings.places().config());
    this.http = HttpSettings.of(Surroundings.config(settings), settings.network().offline());
    this.supplies = new Supplies(settings, files, http, events);
    this.store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
  }

  /// What `install` is to bring besides the compiler.
  public record Extras(List<String> components, List<String> targets) {
    public Extras {
      components = List.copyOf(components);
      targets = List.copyOf(targets);
    }
  }

  private Supply require(String name) throws KilnException {
    files.require(name);
    return supplies.find(name).orElseThrow();
  }

  /// Returns a line for each toolchain that there is a file of.
  public List<String> list() throws KilnException {
    var lines = new ArrayList<String>();
    for (var name : files.names()) {
      lines.add(name + " (" + files.require(name).place() + ")");
    }
    return lines;
  }

  /// Returns lines about a toolchain: its parts, what they weigh, and where its file is.
  public List<String> show(@Nullable String name) throws KilnException {
    var lines = new ArrayList<String>();
    for (var each : name == null ? files.names() : List.of(name)) {
      lines.add(each + ": from " + files.require(each).place());
      switch (require(each)) {
        case DebianSupply supply -> show(supply, lines);
        case DistSupply supply ->
            supply
                .lock()
                .packages()
                .forEach(pkg ->
                    lines.add("  " + pkg.name() + " " + pkg.version() + " " + pkg.architecture()));
        case ImportedSupply supply ->
            supply.used().forEach(object -> lines.add("  " + store.physical(object)));
      }
    }
    return lines;
  }

  private static void show(DebianSupply supply, List<String> lines) throws KilnException {
    var toolchain = supply.toolchain();
    lines.add(part("compiler", toolchain.rust()));
    lines.add(part("sysroot", toolchain.sysroot(List.of(), List.of())));
    for (var triple : toolchain.file().targets().keySet()) {
      var std = toolchain.std(triple);
      lines.add(
          std.isEmpty() ? "  " + triple + ": standard library from source" : part(triple, std));
    }
  }

  private static String part(String what, Collection<LockedPackage> packages) {
    return "  " + what + ": " + Weight.of(packages).text();
  }

  /// Brings a toolchain in with what the targets need, and keeps it from being collected. A channel
  /// of Rust's distribution that no file describes gets a file of the user's. Without a name it is
  /// the toolchain that `rust-toolchain(.toml)` asks for, with its components and targets.
  public void install(@Nullable String name, Extras extras)
      throws KilnException, InterruptedException {
    if (name != null) {
      bring(name, extras);
      return;
    }
    var pin =
        finder()
            .pinned(new RustcChoice(settings.cwd(), settings.environment(), null, null))
            .filter(found -> found.directory() == null && !found.channel().isEmpty())
            .orElseThrow(() ->
                new KilnException(
                    "no rust-toolchain.toml here names a channel to install",
                    "name a toolchain: `kiln toolchain install 1.95.0`"));
    bring(
        pin.channel(),
        new Extras(
            union(pin.components(), extras.components()), union(pin.targets(), extras.targets())));
  }

  private static List<String> union(List<String> first, List<String> second) {
    var all = new LinkedHashSet<>(first);
    all.addAll(second);
    return List.copyOf(all);
  }

  private RustcFinder finder() throws KilnException {
    return new RustcFinder(new Memo(settings.places().cache().resolve("memo")), Runners.plain());
  }

  private void bring(String name, Extras extras) throws KilnException, InterruptedException {
    if (name.matches(CHANNEL) && !isDescribed(name, extras)) {
      describe(name, extras);
    }
    var supply = require(name);
    supply.compiler();
    for (var target : extras.targets()) {
      if (supply.std(target).isEmpty()) {
        if (!supply.buildsStd(target)) {
          throw new KilnException(
              "the toolchain `" + name + "` has nothing for " + target,
              "`kiln toolchain show " + name + "` lists what it has");
        }
        supply.library();
      }
    }
    if (supply instanceof DebianSupply debian) {
      debian.sysroot(List.of(), List.of());
      for (var target : extras.targets()) {
        debian.sysroot(List.of(target), List.of());
      }
    }
    store.writeRootRecord(root(name), "", supply.used());
    events.accept(new BuildEvent.Status("Installed", "toolchain " + name));
  }

  /// Says whether there is a file of a channel with all that is asked for; one that is not the
  /// user's is never written.
  private boolean isDescribed(String channel, Extras extras) throws KilnException {
    var found = files.find(channel);
    if (found.isEmpty() || !found.get().place().equals(files.ofUser(channel).toString())) {
      return found.isPresent();
    }
    var file = DistFile.parse(files.ofUser(channel), found.get().text());
    return file.components().containsAll(extras.components())
        && file.targets().containsAll(extras.targets());
  }

  private void describe(String channel, Extras extras) throws KilnException, InterruptedException {
    var place = files.ofUser(channel);
    var known = files.find(channel);
    var before = known.isEmpty() ? null : DistFile.parse(place, known.get().text());
    var file =
        new DistFile(
            channel,
            List.of(Supplies.hostTriple()),
            before == null ? extras.components() : union(before.components(), extras.components()),
            before == null ? extras.targets() : union(before.targets(), extras.targets()));
    var lock = new LockOperation(settings, files, http, events).make(channel, file.text(), place);
    LockOperation.write(place, file.text());
    LockOperation.write(files.lockFile(channel), lock.text());
  }

  private static String root(String name) {
    return "toolchain-" + name;
  }

  /// Copies an installed toolchain into the store with all of its standard libraries, under a name.
  public void importing(Path directory, @Nullable String name)
      throws KilnException, InterruptedException {
    var memo = new Memo(settings.places().cache().resolve("memo"));
    var rustc =
        finder()
            .find(new RustcChoice(settings.cwd(), settings.environment(), null, directory + "/."));
    var importing = new ToolchainImport(store, memo);
    var compiler = importing.require(rustc);
    var text = new StringBuilder("kind = \"imported\"\n");
    text.append("object = \"").append(compiler.object().baseName()).append("\"\n\n[std]\n");
    var used = new TreeSet<>(List.of(compiler.object()));
    for (var triple : triples(rustc.sysroot().resolve("lib/rustlib"))) {
      var std =
          triple.equals(rustc.version().host())
              ? Optional.<StorePath>empty()
              : importing.std(rustc, triple);
      if (std.isPresent()) {
        used.add(std.get());
        text.append(triple).append(" = \"").append(std.get().baseName()).append("\"\n");
      }
    }
    var chosen = name == null ? rustc.version().release() : name;
    LockOperation.write(files.ofUser(chosen), text.toString());
    store.writeRootRecord(root(chosen), "", used);
    events.accept(new BuildEvent.Status("Imported", directory + " as toolchain " + chosen));
  }

  private static List<String> triples(Path rustlib) throws KilnException {
    var triples = new ArrayList<String>();
    try (var entries = Files.newDirectoryStream(rustlib)) {
      for (var entry : entries) {
        if (Files.isDirectory(entry.resolve("lib"))) {
          triples.add(String.valueOf(entry.getFileName()));
        }
      }
    } catch (IOException e) {
      throw new KilnException("cannot read " + rustlib, null, e);
    }
    triples.sort(null);
    return triples;
  }

  /// Pins the packages of a toolchain file anew.
  public void lock(String name) throws KilnException, InterruptedException {
    new LockOperation(settings, files, http, events).run(name);
  }

  /// Lets the objects of a toolchain be collected, and forgets a file that kiln wrote.
  public void remove(String name) throws KilnException {
    boolean kept = store.dropRootRecord(root(name));
    if (!files.forget(name) && !kept) {
      throw new KilnException(
          "the toolchain `" + name + "` is not installed", "see `kiln toolchain list`");
    }
    events.accept(
        new BuildEvent.Status("Removed", "toolchain " + name + "; `kiln store gc` frees its room"));
  }
}
