// The echo server of the upstream's shared cases (gateway/upstream/testing/echo-server.ts) on Go's gRPC, with raw bytes
// for messages. Prints the port it listens on; ends when its standard input does.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
)

// raw takes messages as the bytes they are.
type raw struct{}

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

func (raw) Name() string { return "proto" }

func main() {
	encoding.RegisterCodecV2(raw{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	options := []grpc.ServerOption{
		grpc.UnknownServiceHandler(serve),
		grpc.MaxRecvMsgSize(64 << 20),
		grpc.MaxHeaderListSize(64 << 10),
	}
	// "streams=2": so many at once on a connection. "age=100ms": connections are closed gracefully after so long.
	for _, argument := range os.Args[1:] {
		name, value, _ := strings.Cut(argument, "=")
		switch name {
		case "streams":
			count, _ := strconv.ParseUint(value, 10, 32)
			options = append(options, grpc.MaxConcurrentStreams(uint32(count)))
		case "age":
			age, _ := time.ParseDuration(value)
			options = append(options, grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionAge: age}))
		}
	}
	server := grpc.NewServer(options...)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		server.Stop()
	}()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); err != nil {
		log.Fatal(err)
	}
}

func serve(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	switch strings.TrimPrefix(method, "/test.Echo/") {
	case "Unary":
		return unary(stream)
	case "Gzip":
		grpc.SetSendCompressor(stream.Context(), "gzip")
		return unary(stream)
	case "Fail":
		return fail(stream)
	case "Hold":
		<-stream.Context().Done()
		return stream.Context().Err()
	case "Count", "Flood":
		return count(stream)
	case "Sum":
		return sum(stream)
	case "Slow":
		time.Sleep(time.Second)
		return sum(stream)
	case "Chat":
		stream.SendHeader(nil)
		return chat(stream)
	}
	return status.Errorf(codes.Unimplemented, "unknown method %s", method)
}

func receive(stream grpc.ServerStream) ([]byte, error) {
	var message []byte
	err := stream.RecvMsg(&message)
	return message, err
}

func unary(stream grpc.ServerStream) error {
	message, err := receive(stream)
	if err != nil {
		return err
	}
	headers, trailers := metadata.MD{}, metadata.MD{}
	for name, values := range incoming(stream.Context()) {
		if strings.HasPrefix(name, "test-") {
			headers.Append("echo-"+name, values...)
			trailers.Append("late-"+name, values...)
		}
	}
	stream.SendHeader(headers)
	stream.SetTrailer(trailers)
	return stream.SendMsg(&message)
}

func fail(stream grpc.ServerStream) error {
	message, err := receive(stream)
	if err != nil {
		return err
	}
	for _, letter := range message {
		part := []byte{letter}
		stream.SendMsg(&part)
	}
	stream.SetTrailer(metadata.Pairs("test-late", "yes"))
	md := incoming(stream.Context())
	code, _ := strconv.Atoi(first(md, "code"))
	result := &spb.Status{Code: int32(code), Message: first(md, "message-bin")}
	if details := first(md, "details-bin"); details != "" {
		given := &spb.Status{}
		proto.Unmarshal([]byte(details), given)
		result.Details = given.Details
	}
	return status.ErrorProto(result)
}

func count(stream grpc.ServerStream) error {
	message, err := receive(stream)
	if err != nil {
		return err
	}
	var messages, size int
	fmt.Sscanf(string(message), "%d %d", &messages, &size)
	for i := range messages {
		part := make([]byte, size)
		for at := range part {
			part[at] = byte(i)
		}
		if err := stream.SendMsg(&part); err != nil {
			return err
		}
	}
	return nil
}

func sum(stream grpc.ServerStream) error {
	messages, total := 0, 0
	for {
		message, err := receive(stream)
		if err == io.EOF {
			answer := fmt.Appendf(nil, "%d %d", messages, total)
			return stream.SendMsg(&answer)
		}
		if err != nil {
			return err
		}
		messages++
		total += len(message)
	}
}

func chat(stream grpc.ServerStream) error {
	for {
		message, err := receive(stream)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.SendMsg(&message); err != nil {
			return err
		}
	}
}

func incoming(ctx context.Context) metadata.MD {
	md, _ := metadata.FromIncomingContext(ctx)
	return md
}

func first(md metadata.MD, name string) string {
	if values := md.Get(name); len(values) > 0 {
		return values[0]
	}
	return ""
}

