package dev.kiln.realise;

import dev.kiln.KilnException;
import dev.kiln.build.BuildContext;
import dev.kiln.build.DepInfo;
import dev.kiln.build.UnitFiles;
import dev.kiln.derivation.UnitInputs;
import dev.kiln.store.Store;
import dev.kiln.store.StorePath;
import dev.kiln.store.StorePaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Moves what a run left in its output directory into the store: which file belongs to which
/// output, under which name.
final class Outputs {
  private final Store store;
  private final BuildContext context;

  Outputs(Store store, BuildContext context) {
    this.store = store;
    this.context = context;
  }

  /// Takes a copy of a library's metadata while its compiler still runs. A copy, since a procedural
  /// macro may keep the file open for writing (design D2).
  StorePath earlyMetadata(String name, Path file) throws KilnException {
    var directory = store.newStaging().resolve(UnitInputs.RMETA);
    try {
      Files.createDirectory(directory);
      Files.copy(file, directory.resolve(file.getFileName()));
    } catch (IOException e) {
      throw new KilnException("cannot copy the metadata of " + name + " into the store", null, e);
    }
    return adopt(name, UnitInputs.RMETA, directory);
  }

  /// Returns the files that rustc says it read, and removes the list, which is no output.
  List<String> takeDepInfo(Path directory) throws KilnException {
    var read = new TreeSet<String>();
    try {
      for (var file : list(directory)) {
        if (file.getFileName().toString().endsWith(".d")) {
          read.addAll(DepInfo.parse(Files.readString(file)));
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new KilnException("cannot read the dep-info in " + directory, null, e);
    }
    return List.copyOf(read);
  }

  /// Adds the outputs of a compilation. `early` is the metadata that was taken already, if any.
  SortedMap<String, StorePath> ofCompilation(
      int index, String name, Path directory, @Nullable StorePath early) throws KilnException {
    var files = context.files(index);
    var outputs = new TreeMap<String, StorePath>();
    try {
      var metadata = files.metadata();
      if (metadata != null && !context.graph().unit(index).mode().isCheck()) {
        outputs.put(UnitInputs.RMETA, early != null ? early : metadata(name, directory, metadata));
        Files.deleteIfExists(directory.resolve(metadata.path()));
        outputs.put(UnitInputs.LIB, adopt(name, UnitInputs.LIB, directory));
      } else {
        rename(index, directory, files);
        outputs.put(UnitInputs.OUT, adopt(name, UnitInputs.OUT, directory));
      }
    } catch (IOException e) {
      throw new KilnException("cannot move the outputs of " + name + " into the store", null, e);
    }
    return outputs;
  }

  /// Adds the OUT_DIR of a build script.
  SortedMap<String, StorePath> ofScript(String name, Path directory) throws KilnException {
    var outputs = new TreeMap<String, StorePath>();
    outputs.put(UnitInputs.OUT, adopt(name, UnitInputs.OUT, directory));
    return outputs;
  }

  private StorePath metadata(String name, Path directory, UnitFiles.UnitFile file)
      throws KilnException, IOException {
    var separate = store.newStaging().resolve(UnitInputs.RMETA);
    Files.createDirectory(separate);
    Files.move(directory.resolve(file.path()), separate.resolve(file.path()));
    return adopt(name, UnitInputs.RMETA, separate);
  }

  /// Gives programs the names that people look for; libraries keep the names that rustc finds them
  /// by.
  private void rename(int index, Path directory, UnitFiles files) throws IOException {
    if (context.graph().unit(index).target().isLib()
        && !context.graph().unit(index).mode().isRustcTest()) {
      return;
    }
    for (var file : files.files()) {
      var written = directory.resolve(file.path());
      if (Files.exists(written) && !file.path().equals(file.uplifted())) {
        Files.move(
            written, directory.resolve(file.uplifted()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private StorePath adopt(String name, String output, Path directory) throws KilnException {
    return store.adopt(StorePaths.outputName(name, output), directory, new TreeSet<>());
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return new ArrayList<>(entries.toList());
    }
  }
}
