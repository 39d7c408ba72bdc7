package dev.kiln.ops.toolchains;

import dev.kiln.KilnException;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.InstalledRustc;
import dev.kiln.toolchain.Toolchain;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// A toolchain that was imported under a name: objects of the store, wherever they came from.
public final class ImportedSupply implements Supply {
  private final SupplyGround ground;
  private final StorePath object;
  private final SortedMap<String, StorePath> stds;

  ImportedSupply(SupplyGround ground, StorePath object, SortedMap<String, StorePath> stds)
      throws KilnException {
    this.ground = ground;
    this.object = object;
    this.stds = new TreeMap<>(stds);
    for (var path : used()) {
      if (!ground.store().isValid(path)) {
        throw new KilnException(
            "the toolchain `" + ground.name() + "` is no longer in the store",
            "import it again with `kiln toolchain import DIR --name " + ground.name() + "`");
      }
    }
  }

  @Override
  public String name() {
    return ground.name();
  }

  @Override
  public Toolchain compiler() throws KilnException, InterruptedException {
    return ground.toolchain(object, List.of());
  }

  @Override
  public InstalledRustc rustc() throws KilnException, InterruptedException {
    return ground.rustc(compiler(), List.of());
  }

  @Override
  public Optional<StorePath> std(String triple) {
    return Optional.ofNullable(stds.get(triple));
  }

  @Override
  public boolean buildsStd(String triple) {
    return false;
  }

  @Override
  public Path library() throws KilnException {
    throw new KilnException(
        "the toolchain `" + name() + "` was imported without Rust's sources",
        "use it where it is installed, or take `--toolchain debian-12`");
  }

  @Override
  public SortedSet<String> targets() {
    var targets = new TreeSet<>(stds.keySet());
    targets.add(Supplies.hostTriple());
    return targets;
  }

  @Override
  public String remedy(String target) {
    return "run `rustup target add "
        + target
        + "` and import it again, or build with"
        + " `--toolchain debian-12`";
  }

  @Override
  public List<String> mirrors() {
    return List.of();
  }

  @Override
  public Weight wanted(Collection<String> targets, boolean hasSysroot) {
    return Weight.of(List.of());
  }

  @Override
  public Optional<Path> parts(String triple) {
    return Optional.empty();
  }

  @Override
  public SortedSet<StorePath> used() {
    var used = new TreeSet<>(stds.values());
    used.add(object);
    return Collections.unmodifiableSortedSet(used);
  }
}
