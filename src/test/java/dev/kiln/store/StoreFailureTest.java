package dev.kiln.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StoreFailureTest {
  private final Path root = Jimfs.newFileSystem(Configuration.unix()).getPath("/s");

  @Test
  void anotherStoreHelpsOnlyWhereTheStoreRefuses() {
    var own = StoreFailure.of("cannot add", root, new AccessDeniedException("/s/store"));
    assertThat(own).hasMessage("cannot add at /s/store: permission denied");
    assertThat(own.hint()).contains("another store");
    var above = StoreFailure.of("cannot make a store", root, new AccessDeniedException("/"));
    assertThat(above.hint()).contains("another store");
    var source = StoreFailure.of("cannot add /home/x", root, new AccessDeniedException("/home/x"));
    assertThat(source).hasMessage("cannot add /home/x: permission denied");
    assertThat(source.hint()).startsWith("check who owns it").doesNotContain("store");
  }
}
