"""XXH3-64 with a seed, from its specification: what guards each record against bit rot. Debian's python3-xxhash
is used where it is installed; this one is some hundred times slower."""
import struct

SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221"
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb"
    "170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")
P32 = (2654435761, 2246822519, 3266489917)
P64 = (11400714785074694791, 14029467366897019727, 1609587929392839161, 9650029242287828579, 2870177450012600261)
MASK = 2**64 - 1


def u64(data, at):
    return struct.unpack_from("<Q", data, at)[0]


def u32(data, at):
    return struct.unpack_from("<I", data, at)[0]


def fold(left, right):
    product = left * right
    return (product ^ product >> 64) & MASK


def avalanche(value):
    value = (value ^ value >> 37) * 0x165667919E3779F9 & MASK
    return value ^ value >> 32


def avalanche_64(value):
    value = (value ^ value >> 33) * P64[1] & MASK
    value = (value ^ value >> 29) * P64[2] & MASK
    return value ^ value >> 32


def mix_16(data, at, secret, secret_at, seed):
    return fold(u64(data, at) ^ (u64(secret, secret_at) + seed & MASK),
                u64(data, at + 8) ^ (u64(secret, secret_at + 8) - seed & MASK))


def xxh3_64(data, seed):
    size = len(data)
    if size <= 16:
        return short(data, seed)
    if size <= 128:
        total = size * P64[0]
        for i in range((size - 1) // 32, -1, -1):
            total += mix_16(data, 16 * i, SECRET, 32 * i, seed)
            total += mix_16(data, size - 16 * (i + 1), SECRET, 32 * i + 16, seed)
        return avalanche(total & MASK)
    if size <= 240:
        total = size * P64[0]
        for i in range(8):
            total += mix_16(data, 16 * i, SECRET, 16 * i, seed)
        total = avalanche(total & MASK)
        for i in range(8, size // 16):
            total += mix_16(data, 16 * i, SECRET, 16 * (i - 8) + 3, seed)
        total += mix_16(data, size - 16, SECRET, 136 - 17, seed)
        return avalanche(total & MASK)
    return long(data, seed)


def short(data, seed):
    size = len(data)
    if size > 8:
        flip_low = (u64(SECRET, 24) ^ u64(SECRET, 32)) + seed & MASK
        flip_high = (u64(SECRET, 40) ^ u64(SECRET, 48)) - seed & MASK
        low, high = u64(data, 0) ^ flip_low, u64(data, size - 8) ^ flip_high
        swapped = int.from_bytes(low.to_bytes(8, "little"), "big")
        return avalanche(size + swapped + high + fold(low, high) & MASK)
    if size >= 4:
        seed ^= int.from_bytes((seed & 0xffffffff).to_bytes(4, "little"), "big") << 32
        flip = (u64(SECRET, 8) ^ u64(SECRET, 16)) - seed & MASK
        value = (u32(data, size - 4) + (u32(data, 0) << 32)) ^ flip
        value ^= rotate(value, 49) ^ rotate(value, 24)
        value = value * 0x9FB21C651E98DF25 & MASK
        value ^= (value >> 35) + size
        value = value * 0x9FB21C651E98DF25 & MASK
        return value ^ value >> 28
    if size:
        combined = data[0] << 16 | data[size >> 1] << 24 | data[-1] | size << 8
        return avalanche_64(combined ^ ((u32(SECRET, 0) ^ u32(SECRET, 4)) + seed & MASK))
    return avalanche_64(seed ^ u64(SECRET, 56) ^ u64(SECRET, 64))


def rotate(value, bits):
    return (value << bits | value >> 64 - bits) & MASK


def long(data, seed):
    size = len(data)
    secret = SECRET if not seed else b"".join(
        struct.pack("<QQ", u64(SECRET, at) + seed & MASK, u64(SECRET, at + 8) - seed & MASK)
        for at in range(0, 192, 16))
    lanes = [P32[2], P64[0], P64[1], P64[2], P64[3], P32[1], P64[4], P32[0]]
    stripes = (192 - 64) // 8
    last = (size - 1) // 64
    for stripe in range(last):
        accumulate(lanes, data, 64 * stripe, secret, 8 * (stripe % stripes))
        if stripe % stripes == stripes - 1:
            for i in range(8):
                value = lanes[i] ^ lanes[i] >> 47 ^ u64(secret, 128 + 8 * i)
                lanes[i] = value * P32[0] & MASK
    accumulate(lanes, data, size - 64, secret, 192 - 64 - 7)
    total = size * P64[0]
    for i in range(4):
        total += fold(lanes[2 * i] ^ u64(secret, 11 + 16 * i), lanes[2 * i + 1] ^ u64(secret, 19 + 16 * i))
    return avalanche(total & MASK)


def accumulate(lanes, data, at, secret, secret_at):
    values = struct.unpack_from("<8Q", data, at)
    keys = struct.unpack_from("<8Q", secret, secret_at)
    for i, value in enumerate(values):
        mixed = value ^ keys[i]
        lanes[i ^ 1] = lanes[i ^ 1] + value & MASK
        lanes[i] = lanes[i] + (mixed & 0xffffffff) * (mixed >> 32) & MASK


try:
    import xxhash

    def checksum(data, seed):
        return xxhash.xxh3_64_intdigest(data, seed=seed)
except ModuleNotFoundError:
    checksum = xxh3_64
