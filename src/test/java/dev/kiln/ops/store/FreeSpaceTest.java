package dev.kiln.ops.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.KilnException;
import dev.kiln.store.Store;
import dev.kiln.store.StoreDir;
import dev.kiln.store.StorePath;
import dev.kiln.store.TestStores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeSpaceTest {
  @TempDir private Path directory;
  private Store store;
  private StorePath kept;
  private Path junk;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void fill() throws KilnException, IOException {
    store = Store.open(directory.resolve("s"), new StoreDir("/nix/store"));
    kept = store.addText("kept", new byte[] {'x'}, new TreeSet<>());
    store.flush();
    junk = Files.writeString(store.physicalDirectory().resolve("junk"), "left over");
  }

  @AfterEach
  void deleteStore() throws Exception {
    TestStores.delete(directory.resolve("s"));
  }

  private FreeSpace space(long minFree, long maxFree, FreeSpace.Disk disk) {
    return new FreeSpace(store, minFree, maxFree, disk, said::add);
  }

  @Test
  void belowTheLimitGarbageIsCollected() throws Exception {
    space(1000, Long.MAX_VALUE, () -> 999).keep();
    assertThat(said).containsExactly("garbage, since only 0 MiB are free");
    assertThat(store.isValid(kept)).isTrue();
    assertThat(junk).doesNotExist();
  }

  @Test
  void noMoreIsDeletedOnceEnoughIsFree() throws Exception {
    var large = Files.write(junk.resolveSibling("a-large-one"), new byte[1000]);
    space(1000, 1998, () -> 999).keep();
    assertThat(large).doesNotExist();
    assertThat(junk).exists();
  }

  @Test
  void aboveTheLimitAndWithoutOneNothingIs() throws Exception {
    space(1000, Long.MAX_VALUE, () -> 1000).keep();
    FreeSpace.of(store, Map.of(), said::add).keep();
    assertThat(said).isEmpty();
    assertThat(junk).exists();
  }

  @Test
  void looksAgainOnlyAfterAPause() throws Exception {
    var looks = new ArrayList<Long>();
    var space =
        space(
            1000,
            Long.MAX_VALUE,
            () -> {
              looks.add(2000L);
              return 2000;
            });
    space.keep();
    space.keep();
    assertThat(looks).hasSize(1);
  }

  @Test
  void aDiskThatDoesNotAnswerIsAnErrorThatNamesTheStore() {
    var space =
        space(
            1,
            2,
            () -> {
              throw new IOException("injected");
            });
    assertThatThrownBy(space::keep)
        .isInstanceOf(KilnException.class)
        .hasMessageContaining("cannot tell how much room is left");
  }

  @Test
  void limitsAreReadFromTheEnvironment() {
    assertThatThrownBy(() -> FreeSpace.of(store, Map.of("KILN_MIN_FREE", "much"), said::add))
        .hasMessageContaining("'much' is no number of bytes");
  }
}
