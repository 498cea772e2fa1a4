// Graylog's own reader of GELF for Go behind a UDP and a TCP port: prints one line with the two ports, then each message.
// Compiled together with that package's files, because it keeps its reader for TCP to itself. Ends with its standard input.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
)

var out sync.Mutex

func print(message *Message, err error) {
	out.Lock()
	defer out.Unlock()
	if err != nil {
		fmt.Printf("{\"error\":%q}\n", err.Error())
		return
	}
	text, _ := json.Marshal(map[string]interface{}{
		"version": message.Version, "host": message.Host, "short_message": message.Short, "full_message": message.Full,
		"timestamp": message.TimeUnix, "level": message.Level, "extra": message.Extra,
	})
	fmt.Println(string(text))
}

func main() {
	udp, err := NewReader("127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	if conn, ok := udp.conn.(*net.UDPConn); ok {
		conn.SetReadBuffer(4 << 20)
	}
	tcp, _, _, err := newTCPReader("127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	_, udpPort, _ := net.SplitHostPort(udp.Addr())
	_, tcpPort, _ := net.SplitHostPort(tcp.addr())
	fmt.Printf("{\"udp\":%s,\"tcp\":%s}\n", udpPort, tcpPort)
	go func() {
		for {
			print(udp.ReadMessage())
		}
	}()
	go func() {
		for {
			print(tcp.readMessage())
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}
