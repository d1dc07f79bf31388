// Command gateway is grpc-gateway with its default options, in front of one gRPC server.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	benchv1 "protogate.example/bench/gen/bench/v1"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "host:port")
	upstream := flag.String("upstream", "", "host:port of the gRPC server")
	flag.Parse()
	mux := runtime.NewServeMux()
	credentials := grpc.WithTransportCredentials(insecure.NewCredentials())
	err := benchv1.RegisterBenchServiceHandlerFromEndpoint(context.Background(), mux, *upstream, []grpc.DialOption{credentials})
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.ListenAndServe(*listen, mux))
}
