package main

import (
	"encoding/base64"
	"os"
	"regexp"
	"testing"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	"shop/shipping/gen/daprv1"
	"shop/shipping/gen/shippingv1"
)

// What was generated is compared with the .proto files by what it says of itself, so that no generator is needed.
func TestGeneratedCodeIsCurrent(t *testing.T) {
	tests := []struct {
		name      string
		generated *descriptorpb.FileDescriptorProto
	}{
		{"shipping.proto", withoutJSONNames(protodesc.ToFileDescriptorProto(shippingv1.File_shipping_proto))},
		{"shipping.proto", ofCallers(t)},
		{"appcallback.proto", withoutJSONNames(protodesc.ToFileDescriptorProto(daprv1.File_appcallback_proto))},
	}
	for _, test := range tests {
		if wanted := compile(t, test.name); !proto.Equal(test.generated, wanted) {
			t.Errorf("what is generated from %s is stale; run 'go generate'\ngenerated %v\nwanted    %v",
				test.name, test.generated, wanted)
		}
	}
}

func compile(t *testing.T, name string) *descriptorpb.FileDescriptorProto {
	t.Helper()
	compiler := protocompile.Compiler{Resolver: protocompile.WithStandardImports(
		&protocompile.SourceResolver{ImportPaths: []string{"contract", "proto"}})}
	files, err := compiler.Compile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return withoutJSONNames(protodesc.ToFileDescriptorProto(files[0]))
}

// ofCallers reads what contract/gen/shipping_pb.ts embeds.
func ofCallers(t *testing.T) *descriptorpb.FileDescriptorProto {
	t.Helper()
	source, err := os.ReadFile("contract/gen/shipping_pb.ts")
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`fileDesc\("([^"]+)"`).FindSubmatch(source)
	if match == nil {
		t.Fatal("shipping_pb.ts embeds no descriptor")
	}
	encoded, err := base64.RawStdEncoding.DecodeString(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	var file descriptorpb.FileDescriptorProto
	if err := proto.Unmarshal(encoded, &file); err != nil {
		t.Fatal(err)
	}
	return &file
}

// withoutJSONNames clears what follows from the names, which not every generator embeds.
func withoutJSONNames(file *descriptorpb.FileDescriptorProto) *descriptorpb.FileDescriptorProto {
	for _, message := range file.GetMessageType() {
		for _, field := range message.GetField() {
			field.JsonName = nil
		}
	}
	return file
}
