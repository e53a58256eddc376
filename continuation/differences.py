"""placeholder"""


class DifferencedField:
    pass
