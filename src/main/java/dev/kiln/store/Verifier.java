package dev.kiln.store;

import dev.kiln.KilnException;
import dev.kiln.archive.NarHash;
import dev.kiln.archive.NarWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Checks that what is recorded is there and, if asked, unchanged (nix-store.md §13).
public final class Verifier {
  /// Makes an object anew: substitutes it, or builds its deriver again.
  public interface Remaker {
    /// Returns a canonical tree below a staging directory, if this one can be made; [Verifier]
    /// checks that it is the same.
    Optional<Path> remake(PathInfo info) throws KilnException, InterruptedException;
  }

  private final Store store;
  private final StoreLayout layout;
  private final Consumer<String> said;

  /// `said` hears a line for each thing that was found or done.
  public Verifier(Store store, Consumer<String> said) {
    this.store = store;
    this.layout = store.layout();
    this.said = said;
  }

  /// Checks the whole store; answers whether no fault is left. A vanished path that nobody refers
  /// to is forgotten, which is no fault. Without a remaker nothing is repaired.
  public boolean verify(boolean contents, Optional<Remaker> remaker)
      throws KilnException, InterruptedException {
    try {
      strays();
      var known = new ArrayList<PathInfo>();
      var faults = damaged(known);
      var whole = new ArrayList<PathInfo>();
      faults += missing(known, remaker, whole);
      faults += dangling(known);
      if (contents) {
        faults += links(remaker.isPresent());
        for (var info : whole) {
          faults += check(info, remaker) ? 0 : 1;
        }
      }
      return faults == 0;
    } catch (IOException e) {
      throw StoreFailure.of("cannot verify the store", layout.root(), e);
    }
  }

  /// Checks the contents of these paths only, and repairs those that changed where there is a
  /// remaker; answers whether all are whole.
  public boolean verifyPaths(List<StorePath> paths, Optional<Remaker> remaker)
      throws KilnException, InterruptedException {
    try {
      var good = true;
      for (var path : paths) {
        var info = store.requireInfo(path);
        good &= check(info, remaker);
      }
      return good;
    } catch (IOException e) {
      throw StoreFailure.of("cannot verify paths", layout.root(), e);
    }
  }

  /// Tells of files among the records that belong to no path: nothing is wrong with any path then.
  private void strays() throws IOException {
    for (var name : new TreeSet<>(StoreProcess.names(layout.infos()))) {
      if (StorePath.find(name).isEmpty()) {
        said.accept(
            "'%s' is no record of a store path; delete it".formatted(layout.infos().resolve(name)));
      }
    }
  }

  /// Reads all records; tells of those that cannot be read and answers how many they are.
  private int damaged(List<PathInfo> known) throws KilnException {
    var faults = 0;
    for (var path : store.validPaths()) {
      try {
        store.findInfo(path).ifPresent(known::add);
      } catch (KilnException e) {
        said.accept(e.hint() == null ? e.getMessage() : e.getMessage() + "; " + e.hint());
        faults++;
      }
    }
    return faults;
  }

  private int missing(List<PathInfo> known, Optional<Remaker> remaker, List<PathInfo> whole)
      throws IOException, KilnException, InterruptedException {
    var faults = 0;
    var graph = new StoreGraph(store, known);
    var gone = new TreeSet<StorePath>();
    for (var info : known) {
      if (Files.exists(layout.object(info.path()), LinkOption.NOFOLLOW_LINKS)) {
        whole.add(info);
      } else {
        gone.add(info.path());
      }
    }
    for (var path : graph.sorted(gone).reversed()) {
      var referrers = new TreeSet<>(graph.referrers(path));
      referrers.remove(path);
      referrers.removeIf(
          referrer -> gone.contains(referrer) && !Files.exists(layout.info(referrer)));
      if (referrers.isEmpty()) {
        said.accept("path '%s' disappeared, forgetting it".formatted(name(path)));
        Files.deleteIfExists(layout.info(path));
        Files.deleteIfExists(layout.fileList(path));
      } else {
        said.accept("path '%s' disappeared, but valid paths refer to it".formatted(name(path)));
        faults += repair(graph.info(path), remaker) ? 0 : 1;
      }
    }
    return faults;
  }

  /// Tells of references to what is not valid (Nix's database can have none); answers how many.
  private int dangling(List<PathInfo> known) throws KilnException {
    var faults = 0;
    for (var info : known) {
      for (var reference : info.references()) {
        if (!store.isValid(reference) && store.isValid(info.path())) {
          said.accept(
              "path '%s' refers to '%s', which is not valid"
                  .formatted(name(info.path()), name(reference)));
          faults++;
        }
      }
    }
    return faults;
  }

  private String name(StorePath path) {
    return store.storeDir().resolve(path);
  }

  private int links(boolean repair) throws IOException, KilnException {
    if (!Files.isDirectory(layout.links(), LinkOption.NOFOLLOW_LINKS)) {
      return 0;
    }
    var faults = 0;
    for (var name : new TreeSet<>(StoreProcess.names(layout.links()))) {
      var link = layout.links().resolve(name);
      if (!NarWriter.hash(link).hash().nix32().equals(name)) {
        said.accept("link '%s' was modified".formatted(link));
        if (repair) {
          Files.delete(link);
          said.accept("removed link '%s'".formatted(link));
        } else {
          faults++;
        }
      }
    }
    return faults;
  }

  private boolean check(PathInfo info, Optional<Remaker> remaker)
      throws IOException, KilnException, InterruptedException {
    NarHash found;
    try {
      found = NarWriter.hash(layout.object(info.path()));
    } catch (NoSuchFileException e) {
      said.accept("path '%s' disappeared".formatted(name(info.path())));
      return repair(info, remaker);
    }
    if (!found.hash().equals(info.narHash())) {
      said.accept(
          "path '%s' was modified! expected hash '%s', got '%s'"
              .formatted(
                  name(info.path()), info.narHash().prefixedNix32(), found.hash().prefixedNix32()));
      return repair(info, remaker);
    }
    return found.size() == info.narSize() || mend(info, found.size(), remaker.isPresent());
  }

  /// Corrects the size in a record, which follows from the contents.
  private boolean mend(PathInfo info, long size, boolean repair) throws KilnException {
    said.accept(
        "path '%s' has %d bytes in its record, but %d in its NAR"
            .formatted(name(info.path()), info.narSize(), size));
    if (repair) {
      store.updateInfo(info.withNarSize(size));
      store.flush();
      said.accept("the record of path '%s' was corrected".formatted(name(info.path())));
    }
    return repair;
  }

  private boolean repair(PathInfo info, Optional<Remaker> remaker)
      throws IOException, KilnException, InterruptedException {
    if (remaker.isEmpty()) {
      return false;
    }
    var path = name(info.path());
    var remade = remaker.get().remake(info);
    if (remade.isEmpty()) {
      said.accept("path '%s' cannot be repaired: nothing here can make it again".formatted(path));
      return false;
    }
    var nar = NarWriter.hash(remade.get());
    if (!nar.hash().equals(info.narHash())) {
      said.accept(
          "path '%s' cannot be repaired: made again, it has hash '%s'"
              .formatted(path, nar.hash().prefixedNix32()));
      return false;
    }
    store.replace(info.withNarSize(nar.size()), remade.get());
    said.accept("path '%s' was repaired".formatted(path));
    return true;
  }
}
