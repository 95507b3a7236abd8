"""XXH3-64 against values that the reference implementation gives."""
from xxh3 import xxh3_64

DATA = bytes(range(251)) * 20

# size, seed, hash
GIVEN = [
    (0, 0, 0x2d06800538d394c2),
    (0, 9, 0x8e1aeea8bc928d25),
    (1, 7, 0x2c45aa60ff5dc0e5),
    (3, 7, 0x3868dcb498f6507c),
    (4, 1, 0x94e67b47eb6fcc90),
    (8, 2, 0xf1aeda598a901369),
    (9, 3, 0x8da523ff30ac0fd1),
    (16, 1099511627776, 0xd3ca6578e6733086),
    (17, 0, 0x9ef341a99de37328),
    (32, 5, 0xe8cca9af7afc7fa8),
    (128, 77, 0xaa6e778ff4f7afd9),
    (129, 1, 0x88ee72694368e67d),
    (192, 0, 0x981eb7df4a4911d7),
    (240, 3, 0x8ca5969e209724c4),
    (241, 4, 0x6cdfaee856194ba8),
    (256, 0, 0x44f5d90dacde463a),
    (352, 1000, 0xff97a9c06d6b7431),
    (1024, 1, 0x4a13b381a01c4d2a),
    (1025, 9223372036854775808, 0x46e3490067ae57bc),
    (2080, 8, 0xc9eded32e52a62a7),
    (4096, 6, 0x4cf22b7deeae7753),
    (5020, 1, 0xd797a8964fa999fe),
]


def main():
    for size, seed, expected in GIVEN:
        found = xxh3_64(DATA[:size], seed)
        assert found == expected, f"{size} bytes, seed {seed}: {found:x} instead of {expected:x}"


main()
