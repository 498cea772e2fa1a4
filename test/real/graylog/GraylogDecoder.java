import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.Delimiters;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseEncoder;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.graylog2.inputs.codecs.GelfChunkAggregator;
import org.graylog2.inputs.codecs.GelfCodec;
import org.graylog2.inputs.transports.netty.HttpHandler;
import org.graylog2.inputs.transports.netty.LenientDelimiterBasedFrameDecoder;
import org.graylog2.plugin.Message;
import org.graylog2.plugin.MessageFactory;
import org.graylog2.plugin.configuration.Configuration;
import org.graylog2.plugin.journal.RawMessage;

/**
 * Graylog's own decoder behind ports for UDP, TCP and HTTP, the last with Graylog's handlers and default limits, without
 * and with bulk receiving. Prints one line with the ports, then for each message the document that Graylog would store,
 * or {"error": …}. Ends with its standard input.
 */
public class GraylogDecoder {
  private static final int MAX_CHUNK_SIZE = 64 * 1024;
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  public static void main(String[] args) throws Exception {
    var aggregator =
        new GelfChunkAggregator(
            Executors.newSingleThreadScheduledExecutor(
                work -> {
                  var thread = new Thread(work);
                  thread.setDaemon(true);
                  return thread;
                }),
            new MetricRegistry());
    var codec = new GelfCodec(Configuration.EMPTY_CONFIGURATION, aggregator, messages());
    var udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    var tcp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var ports = new TreeMap<String, Integer>();
    ports.put("udp", udp.getLocalPort());
    ports.put("tcp", tcp.getLocalPort());
    ports.put("http", serveHttp(codec, false));
    ports.put("bulk", serveHttp(codec, true));
    OUT.println(MAPPER.writeValueAsString(ports));
    daemon(() -> readDatagrams(udp, aggregator, codec));
    daemon(
        () -> {
          while (true) {
            Socket socket = tcp.accept();
            daemon(() -> readFrames(socket.getInputStream(), codec));
          }
        });
    while (System.in.read() != -1) {}
    System.exit(0);
  }

  private static void readDatagrams(DatagramSocket socket, GelfChunkAggregator aggregator, GelfCodec codec)
      throws Exception {
    var packet = new DatagramPacket(new byte[65_536], 65_536);
    while (true) {
      socket.receive(packet);
      ByteBuf data = Unpooled.copiedBuffer(packet.getData(), 0, packet.getLength());
      var result = aggregator.addChunk(data);
      if (!result.isValid()) OUT.println("{\"error\":\"a chunk that is not valid\"}");
      else if (result.getMessage() != null) decode(ByteBufUtil.getBytes(result.getMessage()), codec);
    }
  }

  private static void readFrames(InputStream in, GelfCodec codec) throws Exception {
    var frame = new ByteArrayOutputStream();
    for (int next = in.read(); next != -1; next = in.read()) {
      if (next != 0) {
        frame.write(next);
        continue;
      }
      decode(frame.toByteArray(), codec);
      frame.reset();
    }
  }

  /** The handlers that Graylog puts together for its HTTP inputs, in their order. */
  private static int serveHttp(GelfCodec codec, boolean bulk) throws Exception {
    var initializer =
        new ChannelInitializer<SocketChannel>() {
          @Override
          protected void initChannel(SocketChannel channel) {
            var pipeline = channel.pipeline();
            pipeline.addLast(new HttpRequestDecoder(4096, 8192, MAX_CHUNK_SIZE));
            pipeline.addLast(new HttpContentDecompressor());
            pipeline.addLast(new HttpResponseEncoder());
            pipeline.addLast(new HttpObjectAggregator(MAX_CHUNK_SIZE));
            pipeline.addLast(new HttpHandler(true, null, null, "/gelf"));
            if (bulk) {
              pipeline.addLast(new LenientDelimiterBasedFrameDecoder(MAX_CHUNK_SIZE, Delimiters.lineDelimiter()));
            }
            pipeline.addLast(
                new SimpleChannelInboundHandler<ByteBuf>() {
                  @Override
                  protected void channelRead0(ChannelHandlerContext context, ByteBuf data) throws Exception {
                    decode(ByteBufUtil.getBytes(data), codec);
                  }
                });
          }
        };
    var group = new NioEventLoopGroup(1);
    var bootstrap = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class).childHandler(initializer);
    var bound = bootstrap.bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
    return ((InetSocketAddress) bound.localAddress()).getPort();
  }

  private static synchronized void decode(byte[] payload, GelfCodec codec) throws Exception {
    try {
      Message message = codec.decode(new RawMessage(payload));
      Map<String, Object> document = new TreeMap<>(message.toElasticSearchObject(MAPPER, new Meter()));
      OUT.println(MAPPER.writeValueAsString(document));
    } catch (RuntimeException error) {
      OUT.println(MAPPER.writeValueAsString(Map.of("error", String.valueOf(error.getMessage()))));
    }
  }

  /** The factory is not public. */
  private static MessageFactory messages() throws Exception {
    Constructor<?> made = Class.forName("org.graylog2.plugin.DefaultMessageFactory").getDeclaredConstructors()[0];
    made.setAccessible(true);
    return (MessageFactory) made.newInstance();
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void daemon(Work work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable error) {
                error.printStackTrace();
                System.exit(1);
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
