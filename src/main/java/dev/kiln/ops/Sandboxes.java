package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.sandbox.Ladder;
import dev.kiln.sandbox.LocalBuilder;
import dev.kiln.sandbox.Rung;
import dev.kiln.sandbox.Tools;
import dev.kiln.store.Store;

/// The builder of this machine: the best sandbox that it allows, or none where that was asked for.
final class Sandboxes {
  private Sandboxes() {}

  static LocalBuilder builder(Settings settings, Store store, EventSink events)
      throws KilnException, InterruptedException {
    var root = settings.cwd().getRoot();
    if (root == null) {
      throw new IllegalStateException(settings.cwd() + " is not absolute");
    }
    var tools = Tools.find(root, settings.environment().getOrDefault("PATH", ""));
    var keepIn = store.root().resolve("failed");
    if (!settings.choices().sandboxed()) {
      events.accept(
          new BuildEvent.Warning("builders run without a sandbox; what they make is not shared"));
      return new LocalBuilder(store, tools, Rung.NONE, keepIn);
    }
    var rung = new Ladder(store, tools).climb(settings.places().cache().resolve("sandbox"));
    return new LocalBuilder(store, tools, rung, keepIn);
  }
}
