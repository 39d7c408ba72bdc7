package dev.kiln.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.Needs;
import dev.kiln.process.Command;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Needs("mkfifo")
@Timeout(20)
class JobserverTest {
  @TempDir Path directory;
  private final AtomicInteger made = new AtomicInteger();

  private Jobserver open(int jobs) throws Exception {
    return Jobserver.open(
        () -> {
          var fifo = directory.resolve("fifo-" + made.incrementAndGet());
          new Command(List.of("mkfifo", fifo.toString()), directory, new TreeMap<>()).capture();
          return fifo;
        },
        jobs);
  }

  @Test
  void neverGrantsMoreThanThereAre() throws Exception {
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    try (var jobserver = open(3);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new CountDownLatch(40);
      for (int i = 0; i < 40; i++) {
        var _ =
            threads.submit(() -> {
              jobserver.acquire(0);
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Thread.sleep(2);
              running.decrementAndGet();
              jobserver.release(false);
              done.countDown();
              return true;
            });
      }
      assertThat(done.await(15, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(most.get()).isBetween(2, 3);
  }

  @Test
  void grantsTheHighestPriorityFirst() throws Exception {
    var order = Collections.synchronizedList(new ArrayList<Long>());
    try (var jobserver = open(1);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      jobserver.acquire(0);
      for (long priority : List.of(1L, 9L, 5L)) {
        var _ =
            threads.submit(() -> {
              jobserver.acquire(priority);
              order.add(priority);
              jobserver.release(false);
              return true;
            });
      }
      Thread.sleep(200);
      jobserver.release(false);
    }
    assertThat(order).containsExactly(9L, 5L, 1L);
  }

  @Test
  void fillsThePoolAgainAfterAProcessWasKilledWithTokens() throws Exception {
    try (var jobserver = open(2)) {
      jobserver.acquire(0);
      // a child takes the other token and dies with it
      try (var child = FileChannel.open(jobserver.fifo(), StandardOpenOption.READ)) {
        child.read(ByteBuffer.allocate(1));
      }
      jobserver.release(true);

      jobserver.acquire(0);
      jobserver.acquire(0);
      jobserver.release(false);
      jobserver.release(false);
    }
    assertThat(made.get()).isEqualTo(2);
  }
}
