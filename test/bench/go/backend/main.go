// Command backend is the gRPC server behind every gateway of the benchmark. It works on bytes: answers are encoded
// once, an echo sends back what came. So it takes little of the core that it shares with the load generator.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	benchv1 "protogate.example/bench/gen/bench/v1"
)

const service = "/bench.v1.BenchService/"

// rawCodec passes message bytes through in both directions.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(value any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*value.(*[]byte))}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, value any) error {
	*value.(*[]byte) = data.Materialize()
	return nil
}

type backend struct {
	greeting []byte
	lists    sync.Map // count → encoded ListItemsResponse
	items    [1000][]byte
}

func newBackend() *backend {
	b := &backend{greeting: encode(greetingResponse())}
	for index := range b.items {
		b.items[index] = encode(item(index))
	}
	return b
}

func (b *backend) list(count int32) []byte {
	if known, ok := b.lists.Load(count); ok {
		return known.([]byte)
	}
	response := &benchv1.ListItemsResponse{}
	for index := range int(count) {
		response.Items = append(response.Items, item(index))
	}
	encoded := encode(response)
	b.lists.Store(count, encoded)
	return encoded
}

func (b *backend) handle(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	var request []byte
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	// An answer before the end of the request would have Envoy close its client's connection.
	var none []byte
	if err := stream.RecvMsg(&none); err != io.EOF {
		return status.Error(codes.InvalidArgument, "one message is expected")
	}
	switch method {
	case service + "Greeting":
		return stream.SendMsg(&b.greeting)
	case service + "Echo":
		return stream.SendMsg(&request)
	case service + "ListItems":
		count, err := decodeCount(request)
		if err != nil {
			return err
		}
		answer := b.list(count)
		return stream.SendMsg(&answer)
	case service + "StreamItems":
		count, err := decodeCount(request)
		if err != nil {
			return err
		}
		for index := range int(count) {
			if err := stream.SendMsg(&b.items[index%len(b.items)]); err != nil {
				return err
			}
		}
		return nil
	}
	return status.Errorf(codes.Unimplemented, "no method %s", method)
}

func decodeCount(request []byte) (int32, error) {
	decoded := &benchv1.ListItemsRequest{}
	if err := proto.Unmarshal(request, decoded); err != nil {
		return 0, status.Error(codes.InvalidArgument, err.Error())
	}
	return decoded.GetCount(), nil
}

func encode(message proto.Message) []byte {
	encoded, err := proto.Marshal(message)
	if err != nil {
		log.Fatal(err)
	}
	return encoded
}

func greetingResponse() *benchv1.GreetingResponse {
	response := &benchv1.GreetingResponse{}
	for index := range 8 {
		letter := string(rune('A' + index))
		response.Greeting = append(response.Greeting, &benchv1.Greeting{
			Id:       fmt.Sprintf("0b7c2f5e-6d41-4a8e-9c3b-5f1e2d3c4b%02x", index),
			Service:  "Service " + letter,
			Message:  "Hello, from Service " + letter + "!",
			Created:  "2026-11-22T06:00:00.123456789Z",
			Hostname: "service-" + letter + "-7d9f8b6c5-x2k4q",
		})
	}
	return response
}

func item(index int) *benchv1.Item {
	return &benchv1.Item{
		Id:         int32(index + 1),
		Name:       fmt.Sprintf("Item number %d", index+1),
		PriceCents: int64(index)*37 + 199,
		Weight:     float64(index)*0.25 + 0.125,
		InStock:    true,
		Category:   benchv1.Category(index%2 + 1),
	}
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "host:port")
	flag.Parse()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.ForceServerCodecV2(rawCodec{}), grpc.UnknownServiceHandler(newBackend().handle))
	log.Fatal(server.Serve(listener))
}
