package dev.kiln.fetch;

import dev.kiln.KilnException;
import dev.kiln.digest.Digest;
import dev.kiln.digest.HashAlgorithm;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// GET over HTTP/2 with Cargo's patience: new attempts after server errors, timeouts and broken
/// connections, and an end where nothing arrives for `http.timeout` (Cargo: util/network/retry.rs).
final class Http implements AutoCloseable {
  /// How many requests run at once: fewer than servers allow as streams of one connection.
  private static final int AT_ONCE = 48;

  /// What came: the status, and of a successful answer how much and its hash.
  record Got(int status, long size, Digest digest) {
    boolean isSuccess() {
      return status == 200;
    }
  }

  /// Where a body goes; opened anew for each attempt.
  @FunctionalInterface
  interface Destination {
    OutputStream open() throws IOException;
  }

  private final HttpSettings settings;
  private final HttpClient client;
  private final Semaphore slots = new Semaphore(AT_ONCE);

  Http(HttpSettings settings) throws KilnException {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .version(
                settings.multiplexed() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(settings.timeout())
            .sslContext(Authorities.context(settings.authorities()))
            .proxy(new Proxies(settings))
            .build();
  }

  /// Fetches one thing. What the last attempt met is the answer: a status, or a failure.
  Got get(URI uri, Destination destination) throws KilnException, InterruptedException {
    return get(uri, destination, settings.retries());
  }

  /// Fetches one thing, with so many new attempts.
  Got get(URI uri, Destination destination, int retries)
      throws KilnException, InterruptedException {
    slots.acquire();
    try {
      return attempts(uri, destination, retries);
    } finally {
      slots.release();
    }
  }

  /// Asks how large something is; 0 where the server does not say.
  long size(URI uri) throws InterruptedException {
    var request =
        HttpRequest.newBuilder(uri)
            .HEAD()
            .header("User-Agent", settings.userAgent())
            .timeout(settings.timeout())
            .build();
    try {
      var answer = client.send(request, HttpResponse.BodyHandlers.discarding());
      return answer.statusCode() == 200
          ? answer.headers().firstValueAsLong("Content-Length").orElse(0)
          : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private Got attempts(URI uri, Destination destination, int retries)
      throws KilnException, InterruptedException {
    var pause = settings.pause();
    for (int left = retries; ; left--) {
      try {
        var got = attempt(uri, destination);
        if (left == 0 || !(got.status() >= 500 || got.status() == 429)) {
          return got;
        }
      } catch (IOException e) {
        if (left == 0) {
          throw new KilnException(
              "failed to download from `" + uri + "`",
              "check the network; with everything downloaded before, `--offline` uses none",
              new KilnException(described(e), null, e));
        }
      }
      Thread.sleep(pause);
      pause = pause.multipliedBy(2);
      pause = pause.toSeconds() > 10 ? Duration.ofSeconds(10) : pause;
    }
  }

  private static String described(IOException e) {
    var message = e.getMessage();
    for (Throwable cause = e; message == null && cause != null; cause = cause.getCause()) {
      message =
          cause instanceof UnresolvedAddressException
              ? "the server's name cannot be resolved"
              : cause.getMessage();
    }
    if (message == null && e instanceof ConnectException) {
      return "the server refuses the connection, or cannot be reached";
    }
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private Got attempt(URI uri, Destination destination) throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(uri)
            .header("User-Agent", settings.userAgent())
            .timeout(settings.timeout())
            .build();
    var body = new Body(destination);
    var future =
        client.sendAsync(
            request,
            head -> head.statusCode() == 200 ? body : HttpResponse.BodySubscribers.replacing(0L));
    try {
      while (true) {
        try {
          var response = future.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
          return new Got(response.statusCode(), response.body(), body.digest());
        } catch (TimeoutException e) {
          if (body.idle() > settings.timeout().toNanos()) {
            throw new HttpTimeoutException(
                "nothing arrived for " + settings.timeout().toSeconds() + " s");
          }
        }
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } finally {
      future.cancel(true);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  /// Writes and hashes a body as it arrives.
  private static final class Body implements HttpResponse.BodySubscriber<Long> {
    private final Destination destination;
    private final CompletableFuture<Long> size = new CompletableFuture<>();
    private final MessageDigest hash = Digest.messageDigest(HashAlgorithm.SHA256);
    private Flow.@Nullable Subscription subscription;
    private @Nullable WritableByteChannel out;
    private long written;
    private volatile long last = System.nanoTime();

    Body(Destination destination) {
      this.destination = destination;
    }

    long idle() {
      return System.nanoTime() - last;
    }

    Digest digest() {
      return new Digest(HashAlgorithm.SHA256, hash.digest());
    }

    @Override
    public CompletionStage<Long> getBody() {
      return size;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      last = System.nanoTime();
      try {
        out = Channels.newChannel(destination.open());
        subscription.request(Long.MAX_VALUE);
      } catch (IOException e) {
        fail(e);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      last = System.nanoTime();
      var channel = out;
      try {
        for (var buffer : buffers) {
          hash.update(buffer.duplicate());
          written += buffer.remaining();
          while (channel != null && buffer.hasRemaining()) {
            channel.write(buffer);
          }
        }
      } catch (IOException e) {
        fail(e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      fail(failure);
    }

    @Override
    public void onComplete() {
      try {
        closeOut();
        size.complete(written);
      } catch (IOException e) {
        fail(e);
      }
    }

    private void fail(Throwable failure) {
      if (subscription != null) {
        subscription.cancel();
      }
      try {
        closeOut();
      } catch (IOException e) {
        failure.addSuppressed(e);
      }
      size.completeExceptionally(failure);
    }

    private void closeOut() throws IOException {
      var channel = out;
      out = null;
      if (channel != null) {
        channel.close();
      }
    }
  }
}
