package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.fetch.Downloads;
import dev.kiln.fetch.HttpSettings;
import dev.kiln.ops.Settings;
import dev.kiln.store.Store;
import dev.kiln.toml.TomlFile;
import dev.kiln.toolchain.debian.DebianFile;
import dev.kiln.toolchain.debian.PackageLock;
import dev.kiln.toolchain.dist.DistFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes the lock of a toolchain anew from what its source has now.
final class LockOperation {
  private final Settings settings;
  private final ToolchainFiles files;
  private final HttpSettings http;
  private final EventSink events;

  LockOperation(Settings settings, ToolchainFiles files, HttpSettings http, EventSink events) {
    this.settings = settings;
    this.files = files;
    this.http = http;
    this.events = events;
  }

  /// Writes the lock of a toolchain file.
  void run(String name) throws KilnException, InterruptedException {
    var found = files.require(name);
    var lock = make(name, found.text(), settings.cwd().resolve(found.place()));
    var target = files.lockFile(name);
    write(target, lock.text());
    events.accept(
        new BuildEvent.Status("Locked", lock.packages().size() + " packages in " + target));
  }

  /// Pins what a toolchain file's text asks for.
  PackageLock make(String name, String text, Path place)
      throws KilnException, InterruptedException {
    var store = Store.open(settings.places().storeRoot(), settings.places().storeDir());
    var mirrors =
        new Mirrors(
            settings.cwd().resolve("/"), settings.places().config(), settings.environment());
    var kind = TomlFile.parse(place, text).root().string("kind");
    try (var downloads = new Downloads(http)) {
      var staging = store.newStaging();
      return switch (kind) {
        case "debian" ->
            DebianLock.make(
                settings, DebianFile.parse(place, text), mirrors, downloads, staging, events);
        case "rust-dist" -> DistLock.make(DistFile.parse(place, text), mirrors, downloads, staging);
        case null, default ->
            throw new KilnException(
                "the toolchain `" + name + "` has nothing to pin", "its kind is " + kind);
      };
    }
  }

  static void write(Path file, String text) throws KilnException {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new KilnException("cannot write " + file, null, e);
    }
  }
}
