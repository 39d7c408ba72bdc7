package dev.kiln.ops;

import dev.kiln.KilnException;
import dev.kiln.event.BuildEvent;
import dev.kiln.event.EventSink;
import dev.kiln.store.Store;

/// Drops the workspace's root record, so that the next collection frees what nothing else keeps.
public final class CleanOperation {
  private CleanOperation() {}

  public static void run(Settings settings, EventSink events) throws KilnException {
    var workspace = Surroundings.load(settings).workspace();
    var places = settings.places();
    var dropped =
        Store.findStoreDir(places.storeRoot()).isPresent()
            && Store.open(places.storeRoot(), places.storeDir())
                .dropRootRecord(WorkspaceRoots.name(workspace.root()));
    events.accept(
        dropped
            ? new BuildEvent.Status(
                "Removed",
                "the root record of " + workspace.root() + "; `kiln store gc` frees the space")
            : new BuildEvent.Status("Removed", "nothing: " + workspace.root() + " has no builds"));
  }
}
