package dev.kiln.ops.store;

import dev.kiln.KilnException;
import dev.kiln.builder.Builder;
import dev.kiln.ops.Settings;
import dev.kiln.sandbox.Ladder;
import dev.kiln.sandbox.LocalBuilder;
import dev.kiln.sandbox.Rung;
import dev.kiln.sandbox.Tools;
import dev.kiln.store.Store;
import java.nio.file.Path;
import java.util.Objects;

/// The builder of foreign derivations: the best sandbox of this machine, or none if that was asked
/// for.
public final class LocalBuilders {
  private LocalBuilders() {}

  public static Builder of(Settings settings, Store store)
      throws KilnException, InterruptedException {
    var tools = Tools.find(root(settings), settings.environment().getOrDefault("PATH", ""));
    var rung =
        settings.choices().sandboxed()
            ? new Ladder(store, tools).climb(settings.places().cache().resolve("sandbox"))
            : Rung.NONE;
    return new LocalBuilder(store, tools, rung, store.root().resolve("failed"));
  }

  /// Returns the root directory of this machine.
  public static Path root(Settings settings) {
    return Objects.requireNonNull(settings.cwd().getRoot(), "the working directory is absolute");
  }
}
