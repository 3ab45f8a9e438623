package io.wardbell.demo;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.utility.DockerImageName;

/// A database server in a container, on a port of 127.0.0.1 that stays the same. Whether it answers
/// is for the caller to ask.
public final class TestContainer implements AutoCloseable {
  /// A registry that has not begun to send an image by then is none.
  private static final Duration REGISTRY_PATIENCE = Duration.ofSeconds(10);

  private static final Duration PULL_LIMIT = Duration.ofMinutes(5);

  /// Asked once a JVM: the question takes a second and many words, or the patience above.
  private static final Map<String, Boolean> ANSWERS = new HashMap<>();

  /// Docker's own network, which containers are in that name no other.
  private static final String NETWORK = "bridge";

  private final GenericContainer<?> container;
  private final int port;

  private TestContainer(GenericContainer<?> container, int port) {
    this.container = container;
    this.port = port;
  }

  /// Whether Docker answers.
  public static synchronized boolean isPossible() {
    return ANSWERS.computeIfAbsent("", _ -> DockerClientFactory.instance().isDockerAvailable());
  }

  /// Whether Docker answers and has the image, or gets it.
  static synchronized boolean isThere(String image) {
    return isPossible() && ANSWERS.computeIfAbsent(image, TestContainer::fetch);
  }

  private static boolean fetch(String image) {
    DockerClient docker = DockerClientFactory.lazyClient();
    try {
      docker.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException notHere) {
      return pull(docker, image);
    }
  }

  private static boolean pull(DockerClient docker, String image) {
    CountDownLatch begun = new CountDownLatch(1);
    try (var callback =
        docker
            .pullImageCmd(image)
            .exec(
                new ResultCallback.Adapter<PullResponseItem>() {
                  @Override
                  public void onNext(PullResponseItem item) {
                    begun.countDown();
                  }
                })) {
      return begun.await(REGISTRY_PATIENCE.toSeconds(), TimeUnit.SECONDS)
          && callback.awaitCompletion(PULL_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (DockerException | IOException noRegistry) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Starts one.
  ///
  /// @param inside the port that the server listens on
  static TestContainer start(
      String image, int inside, Map<String, String> environment, List<String> command)
      throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(image))
            .withImagePullPolicy(_ -> false)
            .withEnv(environment)
            .withCommand(command.toArray(String[]::new))
            .waitingFor(
                new AbstractWaitStrategy() {
                  @Override
                  protected void waitUntilReady() {}
                });
    container.setPortBindings(List.of("127.0.0.1:%d:%d".formatted(port, inside)));
    container.start();
    return new TestContainer(container, port);
  }

  int port() {
    return port;
  }

  /// Sends a signal that ends the server, and waits for its end.
  void end(String signal) {
    docker().killContainerCmd(id()).withSignal(signal).exec();
    docker().waitContainerCmd(id()).start().awaitStatusCode();
  }

  void startAgain() {
    docker().startContainerCmd(id()).exec();
  }

  /// A server that stays and does not answer.
  void freeze(boolean frozen) {
    if (frozen) {
      docker().pauseContainerCmd(id()).exec();
    } else {
      docker().unpauseContainerCmd(id()).exec();
    }
  }

  /// Takes it out of its network, or puts it back.
  public void cut(boolean away) {
    if (away) {
      docker().disconnectFromNetworkCmd().withNetworkId(NETWORK).withContainerId(id()).exec();
    } else {
      docker().connectToNetworkCmd().withNetworkId(NETWORK).withContainerId(id()).exec();
    }
  }

  String log() {
    return container.getLogs();
  }

  boolean isRunning() {
    return container.isRunning();
  }

  private DockerClient docker() {
    return container.getDockerClient();
  }

  private String id() {
    return container.getContainerId();
  }

  @Override
  public void close() {
    container.close();
  }
}
