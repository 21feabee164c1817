"""Calls a Weft service as a client that is not Weft's: it learns the contracts by gRPC reflection alone.

Usage: python3 interop.py GREETER USER_INFO, each HOST:PORT; prints one JSON object.
"""

import json
import sys

import grpc
from google.protobuf import json_format, message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

address = sys.argv[1]
channel = grpc.insecure_channel(address)
database = ProtoReflectionDescriptorDatabase(channel)
pool = DescriptorPool(database)
users = DescriptorPool(ProtoReflectionDescriptorDatabase(grpc.insecure_channel(sys.argv[2])))


def call(service, method, request, metadata=()):
    """One call by names; returns the reply or the status, and the reply's metadata."""
    descriptor = pool.FindServiceByName(service).FindMethodByName(method)
    message = json_format.ParseDict(request, message_factory.GetMessageClass(descriptor.input_type)())
    reply_class = message_factory.GetMessageClass(descriptor.output_type)
    stub = channel.unary_unary(
        f"/{service}/{method}",
        request_serializer=lambda m: m.SerializeToString(),
        response_deserializer=reply_class.FromString,
    )
    try:
        reply, called = stub.with_call(message, metadata=metadata, timeout=10)
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}
    initial = {key: value.decode() if isinstance(value, bytes) else value for key, value in called.initial_metadata()}
    return {"reply": json_format.MessageToDict(reply), "metadata": initial}


print(
    json.dumps(
        {
            "services": sorted(database.get_services()),
            "hello": call(
                "weft.greeter.v1.Greeter",
                "SayHello",
                {"name": "Ada"},
                (("accept-language", "fr"), ("locale-bin", b"de-DE"), ("x-request-id", "r-1")),
            ),
            "refused": call("weft.greeter.v1.Greeter", "SayHello", {"name": ""}),
            "health": call("grpc.health.v1.Health", "Check", {}),
            # A type of another package: its file has to be found by way of the contract's imports.
            "timestamp": users.FindMessageTypeByName("weft.user.v1.UserInfo").fields_by_name["created_at"].message_type.full_name,
        }
    )
)
