package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.build.UnitFiles.Flavor;
import dev.kiln.build.UnitFiles.UnitFile;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.manifest.TargetKind;
import dev.kiln.plan.CompileKind;
import dev.kiln.plan.Unit;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.toolchain.Elf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Composes what `./result` leads to: `bin/`, `lib/`, `examples/`, with several targets below their
/// triple, all links relative, so that the tree works wherever the physical store lies (design §6).
///
/// What is in it is what Cargo uplifts: programs and shared libraries of any unit, other files of
/// the units that were asked for; `rlib`s and metadata only where a library was named.
public final class ResultTree {
  private static final SortedMap<String, String> NO_LIBRARIES = Collections.emptySortedMap();

  private final BuildContext context;
  private final Store store;
  private final List<UnitInputs> inputs;
  private final SortedMap<CompileKind, StorePath> toolchains;
  private final boolean libraries;

  /// One file of a unit: where it lies in its object, and where people find it.
  public record Uplifted(int unit, StorePath object, String file, String place) {}

  /// `toolchains` have std's shared library for each kind; `libraries` says that rlibs and metadata
  /// of the roots were asked for.
  public ResultTree(
      BuildContext context,
      Store store,
      List<UnitInputs> inputs,
      SortedMap<CompileKind, StorePath> toolchains,
      boolean libraries) {
    this.context = context;
    this.store = store;
    this.inputs = List.copyOf(inputs);
    this.toolchains = Collections.unmodifiableSortedMap(new TreeMap<>(toolchains));
    this.libraries = libraries;
  }

  /// Returns the files that the result shows.
  public List<Uplifted> files() throws KilnException {
    var files = new ArrayList<Uplifted>();
    var roots = new TreeSet<>(context.graph().roots());
    long targets =
        roots.stream()
            .map(root -> context.graph().unit(root).kind())
            .filter(kind -> !kind.isHost())
            .distinct()
            .count();
    for (int i = 0; i < context.graph().units().size(); i++) {
      var unit = context.graph().unit(i);
      boolean compiled =
          !unit.mode().isRunCustomBuild()
              && !unit.isBuildScript()
              && !unit.mode().isCheck()
              && !unit.mode().isRustcTest()
              && !unit.mode().isDoc();
      if (compiled) {
        uplift(i, unit, roots.contains(i), targets > 1, files);
      }
    }
    return files;
  }

  private void uplift(
      int index, Unit unit, boolean root, boolean severalTargets, List<Uplifted> files)
      throws KilnException {
    var prefix = severalTargets && !unit.kind().isHost() ? unit.kind().shortName() + "/" : "";
    for (var file : context.files(index).files()) {
      if (isShown(unit, file, root)) {
        boolean renamed = !unit.target().isLib();
        var object = object(inputs.get(index), file);
        files.add(
            new Uplifted(
                index,
                object,
                renamed ? file.uplifted() : file.path(),
                prefix + directory(unit) + "/" + file.uplifted()));
      }
    }
  }

  private boolean isShown(Unit unit, UnitFile file, boolean root) {
    if (unit.target().isBin() || file.crateType().equals("dylib")) {
      return true;
    }
    boolean rustOnly =
        file.flavor() == Flavor.METADATA
            || file.crateType().equals("lib")
            || file.crateType().equals("rlib")
            || file.crateType().equals("proc-macro");
    return root && (!rustOnly || libraries);
  }

  static StorePath object(UnitInputs inputs, UnitFile file) {
    var output =
        inputs.outputs().containsKey(UnitInputs.OUT)
            ? UnitInputs.OUT
            : file.flavor() == Flavor.METADATA ? UnitInputs.RMETA : UnitInputs.LIB;
    return inputs.require(output);
  }

  private static String directory(Unit unit) {
    if (unit.target().kind() == TargetKind.EXAMPLE) {
      return "examples";
    }
    return unit.target().isBin() ? "bin" : "lib";
  }

  /// Adds the tree to the store.
  public StorePath compose(String name) throws KilnException {
    var staged = store.newStaging().resolve("result");
    var references = new TreeSet<StorePath>();
    var places = new TreeMap<String, Uplifted>();
    files().forEach(file -> places.put(file.place(), file));
    try {
      Files.createDirectory(staged);
      for (var file : places.values()) {
        var place = staged.resolve(file.place());
        Files.createDirectories(place.getParent());
        var elf = isLoaded(file) ? Elf.read(physical(file)) : Optional.<Elf>empty();
        var standard = elf.isPresent() ? standardLibraries(file, elf.get()) : NO_LIBRARIES;
        if (standard.isEmpty() && elf.filter(ResultTree::findsLibraries).isEmpty()) {
          Files.createSymbolicLink(place, relative(staged, place, file.object(), file.file()));
        } else {
          // what finds libraries beside itself has to be a file of this tree
          Files.copy(physical(file), place);
        }
        references.add(file.object());
        for (var library : standard.entrySet()) {
          var toolchain = toolchain(file);
          var link = place.resolveSibling("../lib").normalize().resolve(library.getKey());
          if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(link.getParent());
            Files.createSymbolicLink(link, relative(staged, link, toolchain, library.getValue()));
            references.add(toolchain);
          }
        }
      }
    } catch (IOException e) {
      throw new KilnException("cannot compose the result tree in the store", null, e);
    }
    return store.adopt(name, staged, references);
  }

  private Path physical(Uplifted file) {
    return store.physical(file.object()).resolve(file.file());
  }

  private StorePath toolchain(Uplifted file) {
    var toolchain = toolchains.get(context.graph().unit(file.unit()).kind());
    if (toolchain == null) {
      throw new IllegalStateException("no toolchain for " + file);
    }
    return toolchain;
  }

  private static boolean findsLibraries(Elf elf) {
    return elf.runPaths().stream().anyMatch(path -> path.startsWith("$ORIGIN"));
  }

  private boolean isLoaded(Uplifted file) {
    return !context.graph().unit(file.unit()).target().isLib() || file.file().endsWith(".so");
  }

  /// Returns the toolchain's shared libraries that a file needs: by name, where in the toolchain
  /// they lie.
  private SortedMap<String, String> standardLibraries(Uplifted file, Elf elf) {
    var libraries = new TreeMap<String, String>();
    var kind = context.graph().unit(file.unit()).kind();
    var directory =
        "lib/rustlib/"
            + (kind.isHost() ? context.compiler().version().host() : kind.shortName())
            + "/lib/";
    for (var name : elf.needed()) {
      if (Files.exists(store.physical(toolchain(file)).resolve(directory + name))) {
        libraries.put(name, directory + name);
      }
    }
    return libraries;
  }

  private static Path relative(Path staged, Path link, StorePath object, String file) {
    var up = staged.getFileSystem().getPath("..");
    var path = up;
    for (int depth = staged.relativize(link).getNameCount() - 1; depth > 0; depth--) {
      path = path.resolve(up);
    }
    return path.resolve(object.baseName()).resolve(file);
  }
}
